"""The execution oracle: says whether a workflow is deterministic by running it in changed worlds.

In: cases (Python files, or folders of them, that use `dbos`). Out: per workflow, whether it did the
same in every world. World 0 records what each durable operation returned; every other world replays
those results, as recovery would, and must ask for the same operations with the same arguments. Each
world has its own hash seed, clock, random state, time zone, environment, working directory, files,
network answers, listing order, host, process and timing; every second one is a process in which the
case's workflows ran before. An effect outside of a step is a difference too: a replay repeats it.

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
from typing import Any

WORLDS = 8
Report = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the worlds said of one workflow of one case; `file` and `line` say where it stands."""

    case: Path
    workflow: str
    file: Path
    line: int
    traces: tuple[str, ...]

    @property
    def diverges(self) -> bool:
        """Whether two worlds saw different operations, arguments, effects or results."""
        return len(set(self.traces)) > 1

    @property
    def difference(self) -> str:
        """The first trace and the first one that differs from it, for people."""
        other = next((trace for trace in self.traces if trace != self.traces[0]), "")
        return f"{self.traces[0]}\n≠\n{other}"


def judge(cases: Sequence[Path], worlds: int = WORLDS) -> list[Verdict]:
    """Run every workflow of the cases in `worlds` worlds, one process per world."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "recorded").mkdir()
        reports = [_world(number, cases, Path(folder)) for number in range(worlds)]
    return [
        Verdict(
            Path(case),
            workflow,
            Path(first["file"]),
            first["line"],
            tuple(report[case][workflow]["trace"] for report in reports),
        )
        for case, workflows in reports[0].items()
        for workflow, first in workflows.items()
    ]


def _world(number: int, cases: Sequence[Path], folder: Path) -> Report:
    """Run all cases in one world; case → workflow → what it did and where it stands."""
    home = folder / f"world-{number}-{'x' * number}"
    home.mkdir()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONHASHSEED": str(number * 7919 + 1),
        "TZ": ("UTC", "Asia/Tokyo", "America/New_York", "Pacific/Auckland")[number % 4],
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
    }
    done = subprocess.run(
        [sys.executable, "-m", "support.oracle.world", str(number), str(folder / "recorded")],
        input=json.dumps([str(case) for case in cases]),
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"world {number} broke:\n{done.stderr}")
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report
