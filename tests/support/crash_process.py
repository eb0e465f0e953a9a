"""Real processes that are really killed, and what they leave behind.

In: a program of tests/runtime/programs and its arguments. Out: its exit code and output. It never
kills anything but the process that it started.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parents[1] / "runtime" / "programs"
LONGEST_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """How a process ended; a negative code is the signal that killed it."""

    code: int
    output: str
    errors: str


def run_program(name: str, *arguments: str) -> Ended:
    """Run a program to its end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DBOS")}
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / name), *arguments],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
        env=environment,
    )
    return Ended(done.returncode, done.stdout.strip(), done.stderr.strip())
