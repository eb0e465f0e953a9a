"""The README's first command as a user runs it: the whole demonstration, and its refusals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def demo(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `dbos-build demo` in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dbos_build", "demo", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.mark.long
def test_a_killed_checkout_ends_with_each_step_run_once(tmp_path: Path) -> None:
    done = demo("--directory", "shop", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SIGKILL" in done.stdout
    assert "4 steps with effects in 2 processes: each ran exactly once." in done.stdout
    assert "v1-" in done.stdout
    assert "b1-" in done.stdout
    assert (tmp_path / "shop" / "shop" / "dbos_registry.py").is_file()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = demo("--directory", ".", folder=tmp_path)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
