"""The `dbos-build` command: exit codes, one clear line for bad input, and nothing half written.

Most tests call the command in this process; what starts up, and what it loads, is asked of real
processes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dbos_build.cli import COMMANDS, run

ROOT = Path(__file__).resolve().parents[2]
CLEAN = """\
from dbos import DBOS

@DBOS.step()
def charge(order: str) -> int:
    return 1

@DBOS.workflow()
def checkout(order: str) -> int:
    return charge(order)
"""
DIRTY = """\
import time
from dbos import DBOS
from helpers import stamp

@DBOS.workflow()
def checkout() -> float:
    return stamp()
"""
HELPERS = """\
import time

def stamp() -> float:
    return time.time()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Outcome:
        code = run([str(each) for each in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def put(files: dict[str, str]) -> None:
    """Write files below the current folder."""
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def python(program: str, *arguments: str) -> str:
    """What a program prints in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_loads_nothing_that_it_does_not_need() -> None:
    program = (
        "import sys, time\n"
        "from dbos_build.cli import run\n"
        "assert run(['--help']) == 0\n"
        "print('LOADED', *sorted(sys.modules))"
    )
    out = python(program)
    loaded = set(out.partition("LOADED")[2].split())
    heavy = {"libcst", "jinja2", "sqlalchemy", "psycopg", "mypy", "tomllib", "dbos"}
    assert loaded & heavy == set()
    assert {each for each in loaded if each.startswith("dbos_build")} == {
        "dbos_build",
        "dbos_build.cli",
        "dbos_build.error",
    }
    assert all(f"  {name} " in out for name in COMMANDS)


def test_help_starts_in_150_ms_of_processor_time() -> None:
    program = (
        "import sys, time\n"
        "from dbos_build.cli import run\n"
        "run(['--help'])\n"
        "print('SECONDS', time.process_time())"
    )
    best = min(float(python(program).rpartition("SECONDS")[2]) for _ in range(3))
    assert best <= 0.150


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, command: Command) -> None:
    outcome = command(name, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: dbos-build {name}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chekc"], "No such command 'chekc'. Did you mean 'check'?"),
        (["check", "missing"], "missing: cannot be read: No such file or directory"),
        (["check", "empty"], "no Python files in empty"),
        (["build", "empty"], "no Python files in empty"),
        (["version", "missing"], "missing: cannot be read"),
        (["verify", "missing"], "missing: cannot be read"),
        (["check", "/dev/null"], "/dev/null: is a device, not a regular file"),
        (["check", "clean.py", "--select", "DBS00x"], "no rule answers to 'DBS00x'"),
        (["check", "clean.py", "--output-format", "xml"], "is not one of"),
        (["check", "clean.py", "-o", "none/out.txt"], "the findings were not written"),
        (["check", "--nonsense"], "--nonsense"),
        (["check", "broken/a.py"], "is not valid TOML"),
        (["rule", "wall-clok"], "There is no rule 'wall-clok'. Did you mean 'wall-clock'?"),
        (["build", "clean.py", "empty"], "several paths without a project"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_exit_code_2(
    command: Command, arguments: list[str], message: str
) -> None:
    put({"clean.py": CLEAN, "broken/a.py": "", "broken/pyproject.toml": "[tool"})
    Path("empty").mkdir()
    outcome = command(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert message in outcome.err
    assert "Traceback" not in outcome.err
    assert not list(Path().rglob("dbos_registry.py"))


def test_a_pipe_named_like_a_module_is_a_finding_and_is_never_opened(command: Command) -> None:
    put({"clean.py": CLEAN})
    os.mkfifo("x.py")
    outcome = command("check")
    assert outcome.code == 1
    assert "x.py:1:1: error DBS991" in outcome.out
    assert command("check", "x.py").code == 2


def test_bad_bytes_nesting_and_loops_are_findings(command: Command) -> None:
    Path("nul.py").write_bytes(b"x = '\0'\n")
    Path("wrong.py").write_bytes(b"# coding: utf-8\nx = '\xe9'\n")
    Path("loop.py").symlink_to("loop.py")
    nested = "".join(" " * depth + "if 1:\n" for depth in range(101)) + " " * 101 + "pass\n"
    put({"nested.py": nested, "deep.py": "x = " + "(" * 100 + ")" * 100 + "\n", "bad.py": "def"})
    outcome = command("check", "--output-format", "json")
    found = {each["path"]: each["code"] for each in json.loads(outcome.out)}
    assert outcome.code == 1
    assert found == {
        "bad.py": "DBS990",
        "loop.py": "DBS991",
        "nested.py": "DBS990",
        "nul.py": "DBS991",
        "wrong.py": "DBS991",
    }


def test_an_internal_error_is_one_line_unless_asked_for_more(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbos_build.analysis import program

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("impossible\nthing")

    monkeypatch.setattr(program, "analyse_modules", fail)
    put({"clean.py": CLEAN})
    outcome = command("check")
    assert outcome.code == 2
    assert outcome.err == (
        "dbos-build: error: internal error: RuntimeError: impossible\\x0athing "
        "(use --debug to see where)\n"
    )
    with pytest.raises(RuntimeError, match="impossible"):
        command("--debug", "check")


def test_check_shows_the_way_through_modules(command: Command) -> None:
    put({"flows.py": DIRTY, "helpers.py": HELPERS})
    outcome = command("check")
    assert outcome.code == 1
    assert outcome.out.startswith("helpers.py:4:12: error DBS001 [wall-clock]")
    assert "4 | return time.time()\n  |        ^^^^^^^^^^^\n" in outcome.out
    assert "reached from workflow checkout:\n      flows.py:7:12  checkout: " in outcome.out
    assert outcome.out.endswith("Found 1 error in 2 files, 1 workflow.\n")


def test_only_what_was_asked_for_is_reported(command: Command) -> None:
    put({"flows.py": DIRTY, "helpers.py": HELPERS})
    assert command("check", "flows.py").code == 0
    assert command("check", "helpers.py").code == 0  # Nothing it can see starts a workflow.
    put({"pyproject.toml": "[tool.dbos-build]\n"})
    assert command("check", "flows.py").code == 0
    assert command("check", "helpers.py").code == 1


def test_selection_changes_what_is_found(command: Command) -> None:
    put({"flows.py": DIRTY, "helpers.py": HELPERS, "bad.py": "def"})
    assert command("check", "--ignore", "wall-clock", "--output-format", "concise").out.startswith(
        "bad.py:1:4: error DBS990"
    )
    assert "DBS001" not in command("check", "--select", "DBS1").out
    assert "DBS001" in command("check", "--select", "dbs0").out
    assert command("check", "--exit-zero").code == 0


def test_findings_go_to_a_file_when_asked(command: Command) -> None:
    put({"flows.py": DIRTY, "helpers.py": HELPERS})
    outcome = command("check", "-o", "out.json", "--output-format", "json")
    assert (outcome.code, outcome.out) == (1, "")
    assert json.loads(Path("out.json").read_text())[0]["code"] == "DBS001"


@pytest.mark.parametrize(
    ("choice", "environment", "expected"),
    [("auto", {}, False), ("always", {"NO_COLOR": "1"}, True), ("never", {}, False)],
)
def test_colours_follow_the_terminal_and_the_option(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    choice: str,
    environment: dict[str, str],
    expected: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    put({"flows.py": DIRTY, "helpers.py": HELPERS})
    assert ("\x1b[" in command("check", "--color", choice).out) is expected


def test_version_works_without_configuration_and_with_findings(command: Command) -> None:
    put({"flows.py": DIRTY, "helpers.py": HELPERS})
    document = json.loads(command("version", "--json").out)
    assert set(document) == {"application_version", "workflows"}
    entry = dict(document["workflows"]["checkout"])
    assert entry.pop("version").startswith("v1-")
    assert entry == {"module": "flows", "qualname": "checkout", "path": "flows.py", "line": 6}
    assert json.loads(command("version", "--json", "flows.py").out) == document
    shown = command("version").out.splitlines()
    assert shown[0] == f"{document['application_version']}  application"
    assert shown[1].endswith("  checkout  flows.py:6")


def test_build_writes_both_files_and_verify_agrees_until_something_changes(
    command: Command,
) -> None:
    put({"app/flows.py": CLEAN})
    first = command("build", "app")
    assert first.code == 0
    assert first.out.splitlines()[:2] == [
        "wrote app/dbos_registry.py",
        "wrote app/dbos-build.lock",
    ]
    assert command("verify", "app").code == 0
    again = command("build", "app")
    assert again.out.splitlines()[:2] == [
        "unchanged app/dbos_registry.py",
        "unchanged app/dbos-build.lock",
    ]
    put({"app/flows.py": "# A comment.\n" + CLEAN.replace("return 1", "return 2")})
    stale = command("verify", "app")
    assert stale.code == 1
    lines = stale.out.splitlines()
    assert lines[0].startswith("app/dbos_registry.py:")
    assert lines[0].endswith(": is stale")
    assert lines[1].startswith("    has    Module(name=")
    assert lines[2].startswith("    should Module(name=")
    assert lines[3:] == [
        "app/dbos-build.lock:1: is stale; the versions of all workflows are as before"
    ]
    renamed = CLEAN.replace("charge(order)", "charge(order) + 1")
    put({"app/flows.py": renamed, "app/more.py": CLEAN.replace("checkout", "other")})
    put({"app/more.py": Path("app/more.py").read_text().replace("charge", "pay")})
    changes = command("verify", "app").out
    assert "workflow checkout: changed from v1-" in changes
    assert "workflow other: is new (v1-" in changes
    Path("app/dbos-build.lock").write_text("<<<<<<< ours\n", encoding="utf-8")
    conflicted = command("verify", "app")
    assert conflicted.code == 2
    assert "dbos-build.lock: has unresolved merge conflicts; run `dbos-build build`" in (
        conflicted.err
    )
    Path("app/dbos-build.lock").unlink()
    assert "dbos-build.lock:1: is missing" in command("verify", "app").out


def test_a_comment_changes_no_byte_of_what_is_built(command: Command) -> None:
    put({"flows.py": CLEAN})
    command("build")
    before = {name: Path(name).read_bytes() for name in ("dbos_registry.py", "dbos-build.lock")}
    put({"flows.py": "# Words.\n\n" + CLEAN})
    assert command("verify").code == 0
    command("build")
    assert before == {name: Path(name).read_bytes() for name in before}


def test_the_bytes_do_not_depend_on_where_the_project_is(command: Command) -> None:
    put({"one/flows.py": CLEAN, "two/deep/flows.py": CLEAN})
    command("build", "one")
    command("build", Path("two/deep").absolute())
    for name in ("dbos_registry.py", "dbos-build.lock"):
        assert Path("one", name).read_bytes() == Path("two/deep", name).read_bytes()


def test_build_refuses_errors_and_writes_nothing(command: Command) -> None:
    put({"flows.py": DIRTY, "helpers.py": HELPERS})
    outcome = command("build")
    assert outcome.code == 1
    assert "DBS001" in outcome.out
    assert "Nothing was written" in outcome.err
    assert not Path("dbos_registry.py").exists()
    assert not Path("dbos-build.lock").exists()
    assert command("verify").code == 1


def test_output_that_cannot_be_written_leaves_nothing(command: Command) -> None:
    put({"flows.py": CLEAN})
    Path("dbos-build.lock").mkdir()
    outcome = command("build")
    assert outcome.code == 2
    assert "is in the way" in outcome.err
    assert not Path("dbos_registry.py").exists()


def test_two_workflows_of_one_name_are_refused(command: Command) -> None:
    put({"one.py": CLEAN, "two.py": CLEAN})
    outcome = command("build")
    assert outcome.code in (1, 2)
    assert "checkout" in outcome.out + outcome.err
    assert not Path("dbos_registry.py").exists()


def test_a_project_is_built_as_its_configuration_says(command: Command) -> None:
    table = '[tool.dbos-build]\nsources = ["shop"]\nregistry = "shop/dbos_registry.py"\n'
    put(
        {"pyproject.toml": table, "shop/__init__.py": "", "shop/flows.py": CLEAN, "tests/x.py": "("}
    )
    assert command("build").code == 0
    assert 'entry="shop.flows:checkout"' in Path("shop/dbos_registry.py").read_text()
    assert command("verify", "shop/flows.py").code == 0
    assert command("build", "tests").code == 2


def test_the_registry_of_the_example_is_strictly_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "store"
    shutil.copytree(ROOT / "examples" / "widget_store", shop)
    assert run(["build", str(shop)]) == 0
    capsys.readouterr()
    from mypy import api

    out, err, code = api.run(
        [
            "--strict",
            "--cache-dir",
            str(tmp_path / "cache"),
            "--config-file",
            os.devnull,
            str(shop / "shop" / "dbos_registry.py"),
        ]
    )
    assert code == 0, out + err


def test_rules_are_listed_and_explained(command: Command) -> None:
    listed = command("rule").out.splitlines()
    assert any(line.startswith("DBS001  wall-clock ") for line in listed)
    page = command("rule", "dbs001").out
    assert page.startswith("DBS001 wall-clock (error)\n")
    assert "Why: " in page
    assert command("rule", "wall-clock", "--output-format", "markdown").out.startswith("# DBS001")
    (record,) = json.loads(command("rule", "DBS001", "--output-format", "json").out)
    assert record["code"] == "DBS001"
    assert len(json.loads(command("rule", "--output-format", "json").out)) == len(listed)


def test_user_code_is_never_imported_or_run(command: Command) -> None:
    mark = 'open("ran", "w").close()\nraise SystemExit(9)\n'
    put(
        {
            "flows.py": mark + CLEAN,
            "conftest.py": mark,
            "sitecustomize.py": mark,
            "pkg/__init__.py": mark,
            "pkg/setup.py": mark,
        }
    )
    for name in ("check", "build", "verify", "version"):
        command(name)
    assert not Path("ran").exists()
