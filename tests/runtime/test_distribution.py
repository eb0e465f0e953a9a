"""The guard against another distribution that offers the package `dbos` in the same environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = "from dbos import DBOS\nDBOS(config={'name': 'guarded'})\nprint('made')\n"


def run_beside(folder: Path) -> subprocess.CompletedProcess[str]:
    """Make a DBOS in a process whose path also holds `folder`."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def install(folder: Path, name: str) -> None:
    """What an installed distribution named `name` with a package `dbos` leaves behind."""
    information = folder / f"{name}-2.0.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0.0\n")
    (information / "RECORD").write_text("dbos/__init__.py,,\n")
    (information / "top_level.txt").write_text("dbos\n")


def test_two_distributions_of_one_name_are_refused_with_the_remedy(tmp_path: Path) -> None:
    install(tmp_path, "dbos")
    done = run_beside(tmp_path)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "DBOSInitializationError" in last
    assert "dbos-build" in last
    assert "pip uninstall" in last


def test_other_distributions_are_no_obstacle(tmp_path: Path) -> None:
    install(tmp_path, "elsewhere")
    (tmp_path / "elsewhere-2.0.0.dist-info" / "RECORD").write_text("elsewhere/__init__.py,,\n")
    (tmp_path / "elsewhere-2.0.0.dist-info" / "top_level.txt").write_text("elsewhere\n")
    assert run_beside(tmp_path).stdout == "made\n"
