"""`check --types` runs nothing of the project, writes nothing beside it, and never fails a check.

Each project holds the same workflow, which has one finding with types and none without.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from mypy.options import Options

from dbos_build.cli import session
from dbos_build.cli.session import Asked
from dbos_build.types import checking, plugin
from dbos_build.types.resolved import DEPTH_MAX, FACTS_FORMAT, facts_file, read_facts
from support import typed_projects

FLOW = """
import acme
from dbos import DBOS

@DBOS.workflow()
def flow():
    return acme.connect().get("/")
"""
END_SECONDS = 20.0
EXPECTED = {("flow.py", 7, "DBS202")}
ENVIRONMENT = {
    **os.environ,
    "MYPYPATH": str(typed_projects.LIBRARIES),
    "PYTHONDONTWRITEBYTECODE": "1",
}
# What the project would run if anything of it were run: it leaves a file behind.
PAYLOAD = """
import pathlib
pathlib.Path({marker!r}).write_text(__name__)
"""
PLUGIN = (
    PAYLOAD
    + """
from mypy.plugin import Plugin

def plugin(version):
    return Plugin
"""
)


def found(root: Path) -> set[tuple[str, int, str]]:
    """What is found with types."""
    with typed_projects.libraries():
        return typed_projects.flagged(typed_projects.findings(root))


def kept(root: Path) -> Path:
    """Where a project's facts are kept."""
    return root / ".dbos-build" / "types"


def checked_by_command(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`dbos-build check --types` as a process, started in the project."""
    return subprocess.run(
        [sys.executable, "-m", "dbos_build", "check", "--types", *options],
        cwd=root,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


CONFIGURATIONS = {
    "mypy.ini": "[mypy]\nplugins = ./evil.py\n",
    ".mypy.ini": "[mypy]\nplugins = ./evil.py\n",
    "setup.cfg": "[mypy]\nplugins = ./evil.py\n",
    "pyproject.toml": '[tool.dbos-build]\n[tool.mypy]\nplugins = ["./evil.py"]\n',
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_no_plugin_of_the_project_is_run(tmp_path: Path, name: str) -> None:
    marker = tmp_path / "was-run"
    evil = PLUGIN.format(marker=str(marker))
    files = {"flow.py": FLOW, "evil.py": evil, name: CONFIGURATIONS[name]}
    root = typed_projects.written(tmp_path, files)
    outcome = checked_by_command(root, "--output-format", "json")
    assert outcome.returncode == 1, outcome.stderr
    assert [item["code"] for item in json.loads(outcome.stdout)] == ["DBS202"]
    assert not marker.exists()
    # The trap is a real one: mypy on its own walks into it.
    subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "-c", "1"],
        cwd=root,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert marker.exists()


def test_no_module_of_the_project_is_imported(tmp_path: Path) -> None:
    marker = tmp_path / "was-run"
    payload = PAYLOAD.format(marker=str(marker))
    names = ("mypy", "sitecustomize", "usercustomize", "json", "plugin", "librt", "conftest")
    files = {f"{name}.py": payload for name in names} | {"flow.py": payload + FLOW}
    root = typed_projects.written(tmp_path, files)
    with typed_projects.libraries():
        typed_projects.findings(root)
    assert not marker.exists()


def test_mypy_is_not_asked_when_nothing_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = FLOW.replace('acme.connect().get("/")', "1")
    root = typed_projects.written(tmp_path, {"flow.py": flow})
    monkeypatch.setattr(sys, "executable", str(tmp_path / "there-is-none"))
    analysis = session.check([root], Asked(types=True))
    assert (analysis.note, analysis.findings) == ("", ())


def test_without_mypy_the_check_goes_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW.replace("flow()", "flow(x=input())")})
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    monkeypatch.setattr(sys, "executable", str(bare / "bin" / "python"))
    plain = session.check([root], Asked())
    typed = session.check([root], Asked(types=True))
    assert typed.note == "types were not used: mypy is not installed here; pip install mypy"
    assert typed.findings == plain.findings


def test_an_interpreter_that_cannot_be_started_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    monkeypatch.setattr(sys, "executable", str(tmp_path / "there-is-none"))
    note = session.check([root], Asked(types=True)).note
    assert note.startswith("types were not used: mypy could not be run: ")
    assert "\n" not in note


def test_a_failure_of_mypy_is_one_line(tmp_path: Path) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    site = tmp_path / "site"
    site.mkdir()
    (site / "acme.py").write_text("def (:\n", encoding="utf-8")
    with typed_projects.libraries(site), pytest.raises(checking.NotResolved) as failure:
        typed_projects.findings(root)
    assert str(failure.value).startswith("types were not used: mypy failed: ")
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("version", "is_supported"),
    [
        ("2.4.1", True),
        ("1.18.1", True),
        ("2.5.0+dev.1a2b", True),
        ("1.17.1", False),
        ("0.991", False),
        ("3.0.0", False),
        ("", False),
        ("new", False),
    ],
)
def test_only_known_releases_of_mypy_are_used(
    tmp_path: Path, version: str, is_supported: bool
) -> None:
    made = plugin.plugin(version)
    assert (made is plugin.Recorder) is is_supported
    if not is_supported:
        options = Options()
        options.config_file = str(tmp_path / "mypy.ini")
        made(options)
        outcome = json.loads((tmp_path / "outcome.json").read_text("utf-8"))
        assert outcome["unsupported"] == version


def facts(root: Path) -> dict[str, int]:
    """The facts files of a project and which file each is: a rewritten one is another."""
    return {file.name: file.stat().st_ino for file in (kept(root) / "facts").iterdir()}


def test_mypy_ends_with_a_check_that_was_killed() -> None:
    """The child is held by a pipe of this process, so that only its parent's death can end it."""
    waiting = f"""
        import os, sys
        from dbos_build.types import plugin
        os.environ[{checking.PARENT_VARIABLE!r}] = str(os.getppid())
        plugin.plugin("2.4.1")
        print(os.getpid(), flush=True)
        os.read(int(sys.argv[1]), 1)
    """
    asking = f"""
        import subprocess, sys
        program = {textwrap.dedent(waiting)!r}
        subprocess.run([sys.executable, "-c", program, sys.argv[1]], pass_fds=[int(sys.argv[1])])
    """
    assert checking.PARENT_VARIABLE == plugin.PARENT
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(asking), str(reading)],
        stdout=subprocess.PIPE,
        pass_fds=[reading],
    ) as parent:
        assert parent.stdout is not None
        ended = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ready, _, _ = select.select([ended], [], [], END_SECONDS)
    for descriptor in (ended, reading, writing):
        os.close(descriptor)
    assert ready, "mypy would have outlived the check"


def test_a_second_run_checks_only_what_changed(tmp_path: Path) -> None:
    files = {"flow.py": "import helper\n" + FLOW, "helper.py": "def f() -> int:\n    return 1\n"}
    root = typed_projects.written(tmp_path, files)
    first = found(root)
    before = facts(root)
    assert len(before) == 2
    assert found(root) == first == {("flow.py", 8, "DBS202")}
    assert facts(root) == before
    (root / "flow.py").write_text("# one line more\nimport helper\n" + FLOW, encoding="utf-8")
    assert found(root) == {("flow.py", 9, "DBS202")}
    changed = {name for name, inode in facts(root).items() if before[name] != inode}
    assert changed == {facts_file(str(root / "flow.py"))}


def test_what_a_killed_run_left_is_not_used(tmp_path: Path) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    assert found(root) == EXPECTED
    (kept(root) / "outcome.json").unlink()
    for file in (kept(root) / "facts").iterdir():
        file.unlink()
    assert found(root) == EXPECTED


@pytest.mark.parametrize("content", ['{"format": 1}', "[" * 100_000], ids=["empty", "deep"])
def test_damaged_facts_are_made_again(tmp_path: Path, content: str) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    assert found(root) == EXPECTED
    for file in (kept(root) / "facts").iterdir():
        file.write_text(content, encoding="utf-8")
    assert found(root) == EXPECTED


def test_a_folder_in_use_is_left_to_its_user(tmp_path: Path) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    assert found(root) == EXPECTED
    before = facts(root)
    (root / "flow.py").write_text("\n" + FLOW, encoding="utf-8")
    with open(kept(root) / "lock", "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert found(root) == {("flow.py", 8, "DBS202")}
    assert facts(root) == before


@pytest.mark.parametrize("place", [".dbos-build", ".dbos-build/types", ".dbos-build/types/cache"])
def test_planted_links_are_not_followed(tmp_path: Path, place: str) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(outside, target_is_directory=True)
    assert found(root) == EXPECTED
    assert list(outside.iterdir()) == []


def test_nothing_is_left_beside_a_project_without_configuration(tmp_path: Path) -> None:
    root = typed_projects.written(tmp_path, {"flow.py": FLOW})
    (root / "pyproject.toml").unlink()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    outcome = subprocess.run(
        [sys.executable, "-m", "dbos_build", "check", "--types", "--output-format", "concise", "."],
        cwd=root,
        env={**ENVIRONMENT, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DBS202" in outcome.stdout, outcome.stderr
    assert [entry.name for entry in root.iterdir()] == ["flow.py"]
    assert list(temporary.iterdir()) == []


GOOD = {"format": FACTS_FORMAT, "path": "/x.py", "types": [["none"]], "places": [], "classes": {}}


@pytest.mark.parametrize(
    ("change", "is_read"),
    [
        ({}, True),
        ({"format": FACTS_FORMAT + 1}, False),
        ({"path": "/y.py"}, False),
        ({"types": None}, False),
        ({"places": {}}, False),
        ({"classes": []}, False),
        ({"places": [[1, 0, 1, 4, [0]]]}, True),
        ({"places": [[1, 0, 1, 4, [7, -1, "0", None]]]}, True),
        ({"places": [[[], {}, 1, 4, [0]], 5, [1, 0, 1, 4, 0]]}, True),
        ({"classes": {"a.B": 5, "a.C": {"names": [1], "path": 2, "qualname": "C"}}}, True),
    ],
)
def test_facts_of_another_shape_are_left_out(change: dict[str, object], is_read: bool) -> None:
    facts = read_facts({**GOOD, **change}, "/x.py")
    assert (facts is not None) is is_read
    if facts is not None:
        assert set(facts.places) <= {(1, 0, 1, 4)}
        assert not facts.classes


def test_descriptions_deeper_than_any_type_are_left_out() -> None:
    deep: list[object] = ["none"]
    for _ in range(DEPTH_MAX + 1):
        deep = ["union", [deep]]
    document = {**GOOD, "types": [deep, ["none"]], "places": [[1, 0, 1, 4, [0, 1]]]}
    facts = read_facts(document, "/x.py")
    assert facts is not None
    assert facts.places == {(1, 0, 1, 4): (["none"],)}
