"""`dbos-build fix` and `check --fix`: exit codes, what is written and what is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dbos_build.cli import run

SLEEPING = """\
import time

import requests

from dbos import DBOS


@DBOS.workflow()
def remind(days: int) -> str:
    time.sleep(days)
    return requests.get("https://example.com").text
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file that has a safe and an unsafe fix, as the current folder."""
    (tmp_path / "main.py").write_text(SLEEPING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_path_that_does_not_exist_is_an_error(project: Path) -> None:
    assert run(["fix", "nowhere.py"]) == 2


@pytest.mark.parametrize("command", [["fix", "--diff"], ["check", "--diff"]])
def test_a_difference_is_shown_and_nothing_written(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert run(command) == 1
    shown = capsys.readouterr().out
    assert "-    time.sleep(days)\n+    DBOS.sleep(days)\n" in shown
    assert "requests" not in shown.replace(" import requests\n", "").replace(
        '     return requests.get("https://example.com").text\n', ""
    )
    assert (project / "main.py").read_text(encoding="utf-8") == SLEEPING


def test_no_difference_is_a_success(project: Path) -> None:
    assert run(["fix", "--diff", "--select", "DBS001"]) == 0


def test_safe_fixes_are_made_and_the_rest_is_counted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fix", "--verbose"]) == 1
    shown = capsys.readouterr().out
    assert shown.splitlines() == [
        "Fixed 1 finding in 1 file, 1 left (some have unsafe fixes: --unsafe-fixes).",
        "main.py:11:12: DBS201 not fixed: it needs --unsafe-fixes",
    ]
    text = (project / "main.py").read_text(encoding="utf-8")
    assert "DBOS.sleep(days)" in text
    assert "@DBOS.step()" not in text


def test_unsafe_fixes_are_made_when_asked_for(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fix", "--unsafe-fixes"]) == 0
    assert capsys.readouterr().out == "Fixed 2 findings in 1 file, 0 left.\n"
    assert "@DBOS.step()\ndef fetch() -> str:" in (project / "main.py").read_text(encoding="utf-8")
    assert run(["check"]) == 0


def test_check_reports_what_is_left_after_fixing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--fix", "--output-format", "concise"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("Fixed 1 finding in 1 file, 1 left")
    assert [line.split(":")[0] for line in shown.out.splitlines()[:-1]] == ["main.py"]
    assert "DBS201" in shown.out
    assert "DBS003" not in shown.out


def test_check_without_fix_writes_nothing(project: Path) -> None:
    assert run(["check"]) == 1
    assert (project / "main.py").read_text(encoding="utf-8") == SLEEPING


def test_findings_are_silenced_by_comments_with_a_reason(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--add-noqa", "--reason", "until May"]) == 0
    assert capsys.readouterr().out == "Silenced 2 findings in 1 file.\n"
    text = (project / "main.py").read_text(encoding="utf-8")
    assert "    time.sleep(days)  # dbos: ignore[DBS003] until May\n" in text
    assert run(["check"]) == 0


def test_silencing_a_clean_project_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "main.py").write_text("x = 1\n", encoding="utf-8")
    assert run(["check", "--add-noqa"]) == 0
    assert capsys.readouterr().out == "Silenced 0 findings in 0 files.\n"


@pytest.mark.parametrize(("code", "safety"), [("DBS003", "safe"), ("DBS201", "unsafe")])
def test_the_page_of_a_rule_says_what_its_fix_does(
    capsys: pytest.CaptureFixture[str], code: str, safety: str
) -> None:
    assert run(["rule", code]) == 0
    assert f"A fix is available ({safety}): " in capsys.readouterr().out


def test_checking_alone_does_not_load_libcst(project: Path) -> None:
    code = (
        "import sys; from dbos_build.cli import run; "
        "assert run(['check']) == 1; assert 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=project, capture_output=True)
