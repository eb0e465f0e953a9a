"""`check --show-unknown`: calls that cannot be told are listed and counted, and are no findings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import newlib
from dbos import DBOS

def helper(plugin):
    return plugin.run(1)

@DBOS.workflow()
def flow(plugin) -> int:
    newlib.work()
    return len([helper(plugin)])
"""


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run `dbos-build check` in a folder: exit code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "dbos_build", "check", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_unknown_calls_are_listed_and_counted(tmp_path: Path) -> None:
    (tmp_path / "flows.py").write_text(PROGRAM)
    code, told = check(tmp_path, "flows.py", "--show-unknown")
    assert code == 0
    lines = told.splitlines()
    assert lines[0].startswith("flows.py:6:12: plugin.run in workflow flow:")
    assert lines[1].startswith("flows.py:10:5: newlib.work in workflow flow:")
    assert lines[-1] == "1 unresolved call, 1 call without an entry in the table of effects."


def test_they_are_findings_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "flows.py").write_text(PROGRAM)
    assert check(tmp_path, "flows.py")[0] == 0
    code, told = check(tmp_path, "flows.py", "--strict", "--output-format", "concise")
    assert code == 1
    assert "DBS704" in told
    assert "DBS705" in told
