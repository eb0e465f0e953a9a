"""flake8 with our plugin: the findings of `dbos-build check`, word for word, in its own run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flake8.main.cli import main as flake8  # type: ignore[import-untyped]

from dbos_build.cli import run
from support.checkout import ROOT

VIOLATIONS = ROOT / "examples" / "violations"
HELPER = "import time\n\n\ndef now() -> float:\n    return time.time()\n"
WORKFLOW = """\
from dbos import DBOS
from helper import now


@DBOS.workflow()
def begin() -> float:
    return now()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configured project whose violation is in a helper, as the current folder."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"pyproject.toml": "[tool.dbos-build]\n", "helper.py": HELPER})
    write(tmp_path, {"flows.py": WORKFLOW})
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    """Put files into a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What flake8 prints about our codes."""
    flake8(["--isolated", "--jobs=1", "--select=DBS", *arguments])
    return capsys.readouterr().out.splitlines()


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What `dbos-build check` prints, without the severity that flake8 has no place for."""
    run(["check", "--output-format=concise", "--no-cache", *arguments])
    lines = capsys.readouterr().out.splitlines()[:-1]
    return [re.sub(r": (error|warning|info) (DBS\d+)", r": \2", line) for line in lines]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_of_flake8_prints_what_check_prints(
    jobs: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(VIOLATIONS)
    command = [sys.executable, "-m", "flake8", "--isolated", f"--jobs={jobs}", "--select=DBS"]
    done = subprocess.run(
        [*command, "orders"], capture_output=True, text=True, check=False, timeout=60
    )
    expected = checked(capsys, "orders")
    assert len(expected) >= 8
    assert done.stdout.splitlines() == expected, done.stderr
    assert done.returncode == 1


def test_a_finding_stands_in_the_helper_although_only_the_workflow_makes_it_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(capsys, "helper.py") == checked(capsys, "helper.py")
    (line,) = found(capsys, ".")
    assert line.startswith("./helper.py:5:12: DBS001 [wall-clock] ")


def test_a_file_that_is_not_asked_about_is_not_reported(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(capsys, "flows.py") == []


def test_configuration_and_comments_count_as_for_check(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"pyproject.toml": '[tool.dbos-build]\nignore = ["wall-clock"]\n'})
    assert found(capsys, ".") == []
    write(project, {"pyproject.toml": "[tool.dbos-build]\n"})
    silenced = HELPER.replace("time.time()", "time.time()  # dbos: ignore[DBS001] a test")
    write(project, {"helper.py": silenced})
    assert found(capsys, ".") == []
    write(project, {"helper.py": HELPER.replace("time.time()", "time.time()  # noqa: DBS001")})
    assert found(capsys, ".") == []


def test_known_findings_of_a_baseline_are_left_out(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"pyproject.toml": '[tool.dbos-build]\nbaseline = "known.json"\n'})
    assert run(["check", "--write-baseline"]) == 0
    assert found(capsys, ".") == ["wrote known.json: 1 finding"]


def test_a_project_that_the_outer_one_leaves_out_has_its_own_configuration(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"pyproject.toml": '[tool.dbos-build]\nexclude = ["inner"]\n'})
    inner = {"pyproject.toml": "[tool.dbos-build]\n", "helper.py": HELPER, "flows.py": WORKFLOW}
    write(project / "inner", inner)
    assert len(checked(capsys)) == 1
    assert [line.partition(":")[0] for line in found(capsys, ".")] == [
        "./helper.py",
        "./inner/helper.py",
    ]


@pytest.mark.parametrize("name", ["helper.py", "unsaved.py", "no/such/folder/x.py"])
def test_standard_input_stands_for_the_file_of_its_name(
    project: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    text = WORKFLOW.replace("from helper import now", "from time import time as now")
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", f"--stdin-display-name={name}", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert f"{name}:7:12: DBS001 [wall-clock] " in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("place", [".", "helper.py"])
def test_a_configuration_that_is_wrong_is_said_once_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    write(project, {"pyproject.toml": '[tool.dbos-build]\nignroe = ["DBS001"]\n'})
    assert flake8(["--isolated", "--jobs=1", place]) == 1
    printed = capsys.readouterr().out
    assert printed.count("unknown key 'ignroe'") == 1
    assert "did you mean 'ignore'?" in printed
    assert "Traceback" not in printed


def test_a_folder_without_python_and_a_file_without_suffix_are_no_errors(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"docs/index.md": "# Pages\n", "bin/tool": "print('tool')\n"})
    assert found(capsys, "docs", "bin/tool") == []


def test_a_file_that_does_not_parse_keeps_the_findings_of_the_others(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"broken.py": "def broken(:\n"})
    flake8(["--isolated", "--jobs=1", "--select=DBS,E9", "."])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["E999", "DBS001"]


def test_a_link_to_a_file_is_reported_under_both_names(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "copy.py").symlink_to("flows.py")
    write(project, {"flows.py": WORKFLOW.replace("now()", "time.time()", 1), "helper.py": HELPER})
    assert [line.partition(":")[0] for line in found(capsys, ".")] == sorted(
        f"./{line.partition(':')[0]}" for line in checked(capsys)
    )
