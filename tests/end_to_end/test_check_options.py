"""The options of `dbos-build check`: each does what its help says, and a slip is one clear line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from dbos_build.cli import run
from dbos_build.cli.progress import Bar
from dbos_build.cli.watching import watch

FLOW = """\
import random
import time
from dbos import DBOS


@DBOS.workflow()
def checkout():
    random.random()
    return time.time(), random.random()
"""
CLEAN = FLOW.replace("    random.random()\n", "").replace("time.time(), random.random()", "1")


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with findings, and the current folder inside it."""
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and error output of a check."""
    code = run(["check", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def codes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The distinct codes that a check finds."""
    code, out, err = check(capsys, "--output-format", "json", *arguments)
    assert code in (0, 1), err
    return sorted({item["code"] for item in json.loads(out)})


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), ["DBS001", "DBS101"]),
        (("--select", "DBS0"), ["DBS001"]),
        (("--select", "DBS0,DBS1"), ["DBS001", "DBS101"]),
        (("--select", "DBS0", "--extend-select", "DBS101"), ["DBS001", "DBS101"]),
        (("--ignore", "global-random"), ["DBS001"]),
        (("--per-file-ignores", "flow.py:DBS1"), ["DBS001"]),
        (("--per-file-ignores", "*.py:DBS101,DBS001"), []),
        (("--per-file-ignores", "other/*:DBS1"), ["DBS001", "DBS101"]),
        (("--config", "ignore=['DBS1']"), ["DBS001"]),
        (("--config", "effects.'time.time'='pure'"), ["DBS101"]),
    ],
)
def test_what_is_selected_is_reported(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], found: list[str]
) -> None:
    assert codes(capsys, *arguments) == found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--per-file-ignores", "flow.py"), "takes PATTERN:RULE, not 'flow.py'"),
        (("--per-file-ignores", "flow.py:DBS777"), "no rule answers to 'DBS777'"),
        (("--extend-select", "wall-clok"), "did you mean 'wall-clock'?"),
        (("--select", ""), "no rule answers to ''"),
        (("--config", "strict"), "--config takes KEY=VALUE"),
        (("--config", "effects.a='netwrk'"), "unknown effect 'netwrk'; did you mean 'network'?"),
        (("--baseline", "gone.json"), "gone.json: there is no such baseline"),
        (("--explain", "DBS00l"), "There is no rule 'DBS00l'"),
        (("-", "flow.py"), "standard input is one file"),
        (("-", "--fix"), "can be checked, not changed"),
        (("--select", "DBS001", "--ignore", "wall-clock"), "leave no rule to check"),
        (("--select", "DBS101", "--ignore", "DBS1"), "select (DBS101) and ignore (DBS1)"),
        (("--reason", "shown only"), "--reason is written by --add-noqa"),
        (("--diff", "--add-noqa"), "--diff writes nothing"),
        (("--diff", "--write-baseline"), "--diff writes nothing"),
        (("--fix", "--write-baseline"), "--write-baseline only writes the baseline"),
    ],
)
def test_a_slip_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = check(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert message in err


def test_configuration_twice_in_a_folder_is_refused(
    capsys: pytest.CaptureFixture[str], inside: Path
) -> None:
    (inside / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (inside / "dbos-build.toml").write_text("ignore = ['DBS1']\n", encoding="utf-8")
    code, _, err = check(capsys)
    assert code == 2
    assert "configured twice" in err
    assert codes(capsys, "--isolated") == ["DBS001", "DBS101"]
    (inside / "pyproject.toml").unlink()
    assert codes(capsys) == ["DBS001"]


def test_statistics_count_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capsys, "--statistics")
    lines = out.splitlines()
    assert code == 1
    assert sorted(line.split()[1] for line in lines[:-1]) == ["DBS001", "DBS101"]
    assert [int(line.split()[0]) for line in lines[:-1]] == [2, 1]
    _, out, _ = check(capsys, "--statistics", "--output-format", "json")
    assert json.loads(out)[0] == {"code": "DBS101", "name": "global-random", "count": 2}


def test_quiet_says_only_findings_and_verbose_says_more(
    capsys: pytest.CaptureFixture[str], inside: Path
) -> None:
    _, out, err = check(capsys, "-q", "--output-format", "concise")
    assert len(out.splitlines()) == 3
    assert err == ""
    (inside / "flow.py").write_text(CLEAN, encoding="utf-8")
    assert check(capsys, "-q") == (0, "", "")
    _, _, err = check(capsys, "-v")
    assert err.startswith("configuration: none; read 1 file in ")


def test_settings_are_shown_as_they_will_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capsys, "--show-settings", "--ignore", "DBS1", "--config", "lock=a.lock")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "# configuration: none"
    assert 'ignore = ["DBS1"]' in lines
    assert 'lock = "a.lock"' in lines
    assert "per-file-ignores = []" in lines


def test_explain_is_the_page_of_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--explain", "DBS001")[0] == 0
    run(["rule", "DBS001"])
    page = capsys.readouterr().out
    run(["check", "--explain", "wall-clock"])
    assert capsys.readouterr().out == page
    assert page.startswith("DBS001 wall-clock")


@pytest.mark.parametrize(
    ("arguments", "text", "path", "found"),
    [
        (("-", "--stdin-filename", "flow.py"), CLEAN, "flow.py", []),
        (("-", "--stdin-filename", "flow.py"), FLOW, "flow.py", ["DBS001", "DBS101"]),
        (("--stdin-filename", "new.py"), FLOW, "new.py", ["DBS001", "DBS101"]),
        (("-",), FLOW, "stdin.py", ["DBS001", "DBS101"]),
        (("-",), "def broken(:\n", "stdin.py", ["DBS990"]),
    ],
)
def test_standard_input_stands_for_a_file(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    text: str,
    path: str,
    found: list[str],
) -> None:
    given = io.TextIOWrapper(io.BytesIO(text.encode("utf-8")), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", given)
    code, out, _ = check(capsys, "--output-format", "json", *arguments)
    items = json.loads(out)
    assert sorted({item["code"] for item in items}) == found
    assert {item["path"] for item in items} <= {path}
    assert code == (1 if found else 0)


def test_a_baseline_hides_what_is_known_and_says_what_expired(
    capsys: pytest.CaptureFixture[str], inside: Path
) -> None:
    code, out, _ = check(capsys, "--write-baseline")
    assert (code, out) == (0, "wrote dbos-build-baseline.json: 3 findings\n")
    option = ("--baseline", "dbos-build-baseline.json")
    assert codes(capsys, *option) == []
    (inside / "pyproject.toml").write_text(
        "[tool.dbos-build]\nbaseline = 'dbos-build-baseline.json'\n", encoding="utf-8"
    )
    code, out, err = check(capsys)
    assert (code, err) == (0, "")
    (inside / "flow.py").write_text(FLOW.replace("time.time()", "time.monotonic()"), "utf-8")
    code, out, err = check(capsys, "--output-format", "concise")
    assert code == 1
    assert "DBS002" in out
    assert "2 findings expired" in err or "1 finding expired" in err
    assert check(capsys, "--write-baseline")[0] == 0
    assert check(capsys)[0] == 0
    (inside / "dbos-build-baseline.json").write_text("{", encoding="utf-8")
    code, _, err = check(capsys)
    assert code == 2
    assert "dbos-build-baseline.json: is not a baseline" in err


def test_watching_acts_at_once_and_after_each_change_that_has_settled() -> None:
    states = iter(["a", "a", "b", "b", "b", "c", "d", "d"])
    waits = iter([True] * 7 + [False])
    acted: list[str] = []
    seen: list[str] = []

    def state() -> str:
        seen.append(next(states))
        return seen[-1]

    watch(lambda: acted.append(seen[-1]), state, lambda: next(waits))
    assert acted == ["a", "b", "d"]


def test_the_progress_bar_waits_a_second_and_wipes_itself() -> None:
    stream = io.StringIO()
    times = iter([0.0, 0.5, 1.5, 1.6])
    bar = Bar(stream, lambda: next(times))
    bar(10, 100)
    assert stream.getvalue() == ""
    bar(50, 100)
    assert stream.getvalue() == f"\rchecking [{'#' * 15}{'.' * 15}] 50/100 files"
    bar(51, 100)
    bar.wipe()
    assert stream.getvalue().endswith("\r\x1b[K")
    unused = io.StringIO()
    Bar(unused, lambda: 0.0).wipe()
    assert unused.getvalue() == ""
