"""A process that ends or forks while workflows run: it does not hang and harms no other work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.behaviour import SystemTables

PROGRAMS = Path(__file__).parent / "programs"


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; it has 60 seconds."""
    return subprocess.run(
        [sys.executable, str(PROGRAMS / program), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("how", "code"), [("fall", 0), ("exit", 7), ("raise", 1)])
def test_the_interpreter_ends_while_workflows_run(how: str, code: int, database_url: str) -> None:
    ended = run("ending.py", database_url, how)
    assert ended.returncode == code, ended.stderr
    assert ended.stdout == "ending\n"
    tables = SystemTables(database_url)
    rows = tables.query(f"SELECT status FROM {tables.table('workflow_status')}")
    assert [row[0] for row in rows] == ["PENDING"] * 3


def test_a_forked_child_is_told_and_leaves_its_parent_alone(database_url: str) -> None:
    ended = run("forking.py", database_url)
    assert ended.returncode == 0, ended.stderr
    told = ended.stdout.splitlines()
    assert told[0].startswith("refused: This process was forked after DBOS.launch()")
    assert told[1:] == ["child: 42", "ended: 0", "ended: 0", "parent: 8 3"]
