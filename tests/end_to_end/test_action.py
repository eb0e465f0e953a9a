"""The action for GitHub and the hooks that this repository offers, run as their hosts run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from dbos_build.cli import run
from support.checkout import ROOT
from support.repositories import Repository

ACTION: dict[str, Any] = yaml.safe_load(
    (ROOT / ".github" / "actions" / "dbos-build" / "action.yml").read_text("utf-8")
)
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
BIN = Path(sys.executable).parent


@pytest.fixture
def clone(tmp_path: Path) -> Repository:
    """A shallow clone, as a runner makes it, of a branch with a harmless change."""
    origin = Repository(tmp_path / "origin")
    (origin.folder / "services").mkdir(parents=True)
    origin.git("init", "-q", "-b", "main")
    arguments = ["init", str(origin.folder / "services/shop"), "--name=corner-shop"]
    assert run(arguments) == 0
    origin.commit("base")
    origin.git("checkout", "-q", "-b", "change")
    flows = origin.folder / "services/shop/corner_shop/workflows.py"
    flows.write_text(flows.read_text("utf-8") + "\n# a comment\n", "utf-8")
    assert run(["build", str(origin.folder / "services/shop/corner_shop")]) == 0
    origin.commit("change")
    made = Repository(tmp_path / "clone")
    address = origin.folder.as_uri()
    origin.git("clone", "-q", "--depth=1", "--branch=change", address, str(made.folder))
    return made


def steps(folder: Path, inputs: dict[str, str], **context: str) -> list[tuple[int, str]]:
    """Run the action's steps until one fails; how each ended and what it printed."""
    values = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    known = {f"inputs.{name}": value for name, value in {**values, **inputs}.items()}
    known["github.base_ref"] = context.pop("base", "")

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], text)

    ended: list[tuple[int, str]] = []
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an input in the text of a script can say anything"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=folder / filled(step.get("working-directory", ".")),
            env={
                **os.environ,
                "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
                **{name: filled(value) for name, value in step.get("env", {}).items()},
                **context,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        ended.append((done.returncode, done.stdout + done.stderr))
        if done.returncode:
            break
    return ended


def test_a_pull_request_without_a_fault_passes(clone: Repository, tmp_path: Path) -> None:
    inputs = {"path": "services/shop", "install": "true"}
    summary = tmp_path / "summary.md"
    ended = steps(clone.folder, inputs, base="main", GITHUB_STEP_SUMMARY=str(summary))
    assert [code for code, _ in ended] == [0, 0, 0], ended
    assert "safe after origin/main" in ended[-1][1]
    assert "greet" in summary.read_text("utf-8")


def test_a_fault_is_an_annotation_and_ends_the_job(clone: Repository) -> None:
    flows = clone.folder / "services/shop/corner_shop/workflows.py"
    flows.write_text(flows.read_text("utf-8").replace("wait_seconds)", "id(name))"), "utf-8")
    inputs = {"path": "services/shop", "install": "true", "against": "none"}
    ended = steps(clone.folder, inputs)
    assert [code for code, _ in ended] == [0, 1], ended
    assert ended[-1][1].startswith("::error title=dbos-build (DBS")


def test_without_a_base_only_the_files_are_verified(clone: Repository) -> None:
    flows = clone.folder / "services/shop/corner_shop/workflows.py"
    flows.write_text(flows.read_text("utf-8") + "\n\ndef more() -> None: ...\n", "utf-8")
    ended = steps(clone.folder, {"path": "services/shop", "install": "true", "strict": "true"})
    assert "safe after" not in ended[-1][1]
    (clone.folder / "services/shop/dbos-build.lock").unlink()
    ended = steps(clone.folder, {"path": "services/shop", "install": "true"}, base="")
    assert ended[-1][0] == 1
    assert "is missing" in ended[-1][1]


@pytest.mark.parametrize(("version", "asked"), [("", "dbos-build"), ("0.1.0", "dbos-build==0.1.0")])
def test_the_release_that_is_asked_for_is_installed(
    tmp_path: Path, version: str, asked: str
) -> None:
    stand_in = tmp_path / "bin" / "python"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\necho "$@"\nexit 1\n', "utf-8")
    stand_in.chmod(0o755)
    path = os.pathsep.join((str(stand_in.parent), os.environ["PATH"]))
    ended = steps(tmp_path, {"version": version}, PATH=path)
    assert ended == [(1, f"-m pip install --quiet {asked}\n")]


def test_pre_commit_takes_the_hooks_of_this_repository(clone: Repository, tmp_path: Path) -> None:
    """In this environment: making the hooks one of their own takes a minute, and is pip's part."""
    offered = Repository(tmp_path / "offered")
    offered.folder.mkdir()
    shutil.copyfile(ROOT / ".pre-commit-hooks.yaml", offered.folder / ".pre-commit-hooks.yaml")
    offered.git("init", "-q", "-b", "main")
    offered.commit("hooks")
    revision = offered.git("rev-parse", "HEAD").strip()
    hooks = [{"id": hook["id"], "language": "system"} for hook in HOOKS]
    repository = {"repo": str(offered.folder), "rev": revision, "hooks": hooks}
    shop = Repository(tmp_path / "shop")
    shutil.copytree(clone.folder / "services/shop", shop.folder)
    (shop.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
    shop.git("init", "-q", "-b", "main")
    shop.git("add", ".")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files"],
        cwd=shop.folder,
        env={
            **os.environ,
            "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
            "PRE_COMMIT_HOME": str(tmp_path / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == len(HOOKS) == 4
