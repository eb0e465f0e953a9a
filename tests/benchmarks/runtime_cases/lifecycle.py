"""Start and end: the import, the launch on a new and on a used database, and destroy."""

from __future__ import annotations

import subprocess
import sys

from bench import Bench
from dbos import DBOS
from timing import seconds

IMPORT = """
import time; start = time.perf_counter()
from dbos import DBOS
spent = time.perf_counter() - start
import os, sys; pages = int(open("/proc/self/statm").read().split()[1])
print(spent * 1000, len(sys.modules), pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
"""
TIMES = 5


@DBOS.workflow()
def empty() -> None:
    """Something to declare."""


def imported() -> tuple[float, float, float]:
    """Milliseconds, modules and megabytes of `from dbos import DBOS` in a new process; the best."""
    runs = [
        subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
        for _ in range(TIMES)
    ]
    answers = [[float(word) for word in run.stdout.split()] for run in runs]
    milliseconds, modules, megabytes = min(answers)
    return milliseconds, modules, megabytes


def measure(bench: Bench) -> dict[str, float]:
    """Milliseconds, modules, megabytes."""
    milliseconds, modules, megabytes = imported()
    first = seconds(bench.launch)
    empty()
    ended = [seconds(DBOS.destroy)]
    again = []
    for _ in range(TIMES):
        again.append(seconds(bench.launch))
        empty()
        ended.append(seconds(DBOS.destroy))
    return {
        "import ms": milliseconds,
        "imported modules count": modules,
        "memory after import MB": megabytes,
        "launch on a new database ms": first * 1000,
        "launch on a used database ms": sorted(again)[TIMES // 2] * 1000,
        "destroy ms": sorted(ended)[len(ended) // 2] * 1000,
    }
