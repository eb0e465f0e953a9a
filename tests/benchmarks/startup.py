"""CPU time of starting up: the commands and imports people wait for, beside a bare interpreter.

Run: `python tests/benchmarks/startup.py [RUNS]`. Prints, per command, the median of user and
system seconds together over RUNS processes (default 9) taken in turn, and the number of modules
that were loaded.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "import dbos": ("-c", "import dbos"),
    "from dbos import DBOS": ("-c", "from dbos import DBOS"),
    "dbos-build --help": ("-m", "dbos_build", "--help"),
    "dbos-build check --help": ("-m", "dbos_build", "check", "--help"),
    "dbos --help": ("-m", "dbos", "--help"),
}


def cpu_seconds(arguments: tuple[str, ...]) -> float:
    """User and system time of one process."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def modules_loaded(arguments: tuple[str, ...]) -> int:
    """How many modules the process imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], check=True, capture_output=True, text=True
    )
    return done.stderr.count("import time:") - 1


def main(runs: int) -> None:
    """Measure every command `runs` times, alternating, and print a table."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            times[name].append(cpu_seconds(arguments))
    print(f"{'command':<26} {'median':>8} {'min':>8} {'max':>8}  modules")
    for name, arguments in COMMANDS.items():
        taken = times[name]
        print(
            f"{name:<26} {statistics.median(taken) * 1000:>5.0f} ms {min(taken) * 1000:>5.0f} ms"
            f" {max(taken) * 1000:>5.0f} ms  {modules_loaded(arguments)}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
