"""The execution oracle: says whether a workflow is deterministic by running it in changed worlds.

In: case files (plain Python that uses `dbos`). Out: per workflow, whether its durable operations
came out the same in every world. World 0 records what each operation returned; every other world
replays those results, as recovery would, and must ask for the same operations with the same
arguments. Each world has its own hash seed, clock, random state, time zone, environment, working
directory, files, network answers and listing order.

It never analyses source, so it is an independent witness for the labels of the checker's cases.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORLDS = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the worlds said of one workflow of one case file."""

    path: Path
    workflow: str
    traces: tuple[str, ...]

    @property
    def diverges(self) -> bool:
        """Whether two worlds saw different operations, arguments or results."""
        return len(set(self.traces)) > 1

    @property
    def difference(self) -> str:
        """The first trace and the first one that differs from it, for people."""
        other = next((trace for trace in self.traces if trace != self.traces[0]), "")
        return f"{self.traces[0]}\n≠\n{other}"


def judge(paths: Sequence[Path], worlds: int = WORLDS) -> list[Verdict]:
    """Run every workflow of the case files in `worlds` worlds, one process per world."""
    with tempfile.TemporaryDirectory() as folder:
        reports = [_world(number, paths, Path(folder)) for number in range(worlds)]
    return [
        Verdict(Path(path), workflow, tuple(report[path][workflow] for report in reports))
        for path in reports[0]
        for workflow in reports[0][path]
    ]


def _world(number: int, paths: Sequence[Path], folder: Path) -> dict[str, dict[str, str]]:
    """Run all files in one world; path → workflow → trace."""
    home = folder / f"world-{number}-{'x' * number}"
    home.mkdir()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONHASHSEED": str(number * 7919 + 1),
        "TZ": ("UTC", "Asia/Tokyo", "America/New_York", "Pacific/Auckland")[number % 4],
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "support.oracle.world", str(number), str(folder / "recorded")],
        input=json.dumps([str(path) for path in paths]),
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"world {number} broke:\n{done.stderr}")
    report: dict[str, dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return report
