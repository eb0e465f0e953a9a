"""The CI workflow and the pre-commit hooks of the example, as a runner would run them.

A pull request is made in a fresh clone, and the shell lines of the workflow are run there; only the
installation is left out, because the command under test is the one of this checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dbos_build.cli import run
from support.repositories import Repository, create

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "widget_store"
PULL_REQUEST = (SHOP / ".github" / "workflows" / "workflows.yml").read_text(encoding="utf-8")
HOOKS = (SHOP / ".pre-commit-config.yaml").read_text(encoding="utf-8")
OFFERED = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".dbos-build")
Change = Callable[[Repository], None]


def shell(line: str, folder: Path, summary: Path) -> subprocess.CompletedProcess[str]:
    """Run one line as a runner does, with `dbos-build` on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The repository of the example, built; tests work in clones of it."""
    made = create(tmp_path_factory.mktemp("ci") / "origin")
    shutil.copytree(SHOP, made.folder, dirs_exist_ok=True, ignore=LEFT_BEHIND)
    assert run(["build", str(made.folder / "shop")]) == 0
    made.commit("base")
    return made


def pull_request(origin: Repository, tmp_path: Path, change: Change) -> dict[str, tuple[int, str]]:
    """What each line of the workflow ends with, on a branch with a change; and the summary."""
    clone = origin.clone(tmp_path / "clone")
    clone.git("checkout", "-q", "-b", "change")
    change(clone)
    clone.commit("change")
    lines = re.findall(r"^ +(?:- )?run: (.*)$", PULL_REQUEST, re.MULTILINE)
    assert lines.pop(0) == "pip install -e ."
    told: dict[str, tuple[int, str]] = {}
    summary = tmp_path / "summary.md"
    for line in lines:
        done = shell(line.replace("${{ github.base_ref }}", "main"), clone.folder, summary)
        told[line.split()[1]] = (done.returncode, done.stdout + done.stderr)
    told["summary"] = (0, summary.read_text(encoding="utf-8"))
    return told


def replaced(old: str, new: str, *, build: bool) -> Change:
    """A change of the checkout workflow, built or not."""

    def change(clone: Repository) -> None:
        path = clone.folder / "shop" / "checkout.py"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        if build:
            assert run(["build", str(clone.folder / "shop")]) == 0

    return change


WAIT = "    status = DBOS.recv("


def test_a_harmless_change_passes(origin: Repository, tmp_path: Path) -> None:
    told = pull_request(origin, tmp_path, replaced(WAIT, "    # why\n" + WAIT, build=False))
    assert [told[name][0] for name in ("check", "verify", "diff")] == [0, 0, 0], told
    assert "checkout" in told["summary"][1]


def test_a_change_that_is_not_built_fails(origin: Repository, tmp_path: Path) -> None:
    change = replaced('return f"dispatched as', 'return f"sent as', build=False)
    told = pull_request(origin, tmp_path, change)
    assert told["check"][0] == 0
    assert told["verify"][0] == 1
    assert "::error title=dbos-build verify,file=shop/dbos_registry.py" in told["verify"][1]


def test_a_change_that_strands_work_fails_although_it_is_built(
    origin: Repository, tmp_path: Path
) -> None:
    change = replaced(WAIT, "    DBOS.sleep(1.0)\n" + WAIT, build=True)
    told = pull_request(origin, tmp_path, change)
    assert (told["check"][0], told["verify"][0], told["diff"][0]) == (0, 1, 1), told
    assert "::error title=dbos-build verify,file=shop/checkout.py,line=21" in told["verify"][1]
    assert "breaking" in told["summary"][1]


def test_a_violation_is_an_annotation(origin: Repository, tmp_path: Path) -> None:
    change = replaced(WAIT, '    DBOS.sleep(__import__("time").time())\n' + WAIT, build=False)
    told = pull_request(origin, tmp_path, change)
    assert told["check"][0] == 1
    assert "::error title=dbos-build (DBS001),file=shop/checkout.py,line=21" in told["check"][1]


def test_each_hook_is_a_command_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (HOOKS, OFFERED):
        assert len(re.findall(r"^ +entry: ", text, re.MULTILINE)) == text.count("- id: ") >= 2
        assert text.count("pass_filenames: false") == text.count("- id: ")
    shutil.copytree(SHOP, tmp_path / "shop", ignore=LEFT_BEHIND)
    monkeypatch.chdir(tmp_path / "shop")
    # Sorted: what build writes is there before verify asks for it.
    for entry in sorted(set(re.findall(r"^ +entry: (.*)$", HOOKS + OFFERED, re.MULTILINE))):
        program, *arguments = entry.split()
        assert program == "dbos-build"
        assert run(arguments) == 0, (entry, capsys.readouterr())


def test_the_hooks_run_for_every_file_that_matters() -> None:
    (pattern,) = set(re.findall(r"files: '(.*)'", HOOKS + OFFERED))
    for name in ("shop/flows.py", "dbos-build.lock", "a/pyproject.toml"):
        assert re.search(pattern, name)
    assert not re.search(pattern, "README.md")
