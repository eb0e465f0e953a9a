"""The runtime beside others and beside the floor: every case in turn, medians and ratios.

Run: `python tests/benchmarks/runtime.py [--other PYTHON …] [--case NAME …] [--repeat N]
[--database sqlite|postgres] [--url URL] [--json FILE]`.

PYTHON is the interpreter of an environment with another release of `dbos`, such as the original;
several may be given. The cases in `runtime_cases/` use nothing but the public API, so the same
files run under each interpreter, each in a new process and a new database. Runs alternate, because
machines drift: read the ratios. `floor` is what the database alone takes for the same bytes (see
`limits.py`), `share` what part of it the runtime reaches. What misses its goal is marked. Without
`--url` a Postgres server is started for the length of the run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databases import KINDS, Databases, databases
from goals import GOALS

CASES = Path(__file__).parent / "runtime_cases"
NO_CASES = ("__init__", "run", "timing", "bench", "rows", "draining")
# These take medians of their own or wait most of the time; once is enough.
LONG = frozenset(
    (
        *("communication", "idle", "latency", "lifecycle", "listing", "queue_drain"),
        *("processes", "queue_limits", "queue_long", "recovery", "waiting"),
    )
)
BY_NAME_ONLY = frozenset(("queue_long",))
RUN_SECONDS = 180
LOWER_IS_BETTER = (" ms", " s", " MB", " kB", " %", " count")


@dataclass(slots=True)
class Figure:
    """One row of the table: the values of each interpreter, ours first, and those of the floor."""

    name: str
    kind: str
    values: list[list[float]]
    floor: list[float] = field(default_factory=list)

    def median(self, position: int) -> float | None:
        """The median of one interpreter, if it has any value."""
        return statistics.median(self.values[position]) if self.values[position] else None

    def better(self, mine: float, theirs: float) -> float | None:
        """How many times better one value is than another."""
        over, under = (theirs, mine) if self.name.endswith(LOWER_IS_BETTER) else (mine, theirs)
        return over / under if under else None

    def ratio(self) -> float | None:
        """How many times better ours is than the best of the others."""
        ours = self.median(0)
        medians = [self.median(position) for position in range(1, len(self.values))]
        ratios = [self.better(ours, one) for one in medians if ours is not None and one is not None]
        return min((one for one in ratios if one is not None), default=None)

    def share(self) -> float | None:
        """What part of the floor ours reaches."""
        ours = self.median(0)
        if ours is None or not self.floor:
            return None
        return self.better(ours, statistics.median(self.floor))

    def line(self) -> str:
        """The row as text."""
        cells = [_cell(self.median(position), 14) for position in range(len(self.values))]
        if len(self.values) > 1:
            cells.append(_cell(self.ratio(), 10, "{:,.1f}×"))
        cells.append(_cell(statistics.median(self.floor) if self.floor else None, 14))
        cells.append(_cell(self.share(), 8, "{:.0%}"))
        return f"{self.name:<56}{''.join(cells)}  {'; '.join(self.missed())}".rstrip()

    def missed(self) -> list[str]:
        """The goals that ours falls short of."""
        goal, ours = GOALS.get(self.name, {}).get(self.kind), self.median(0)
        return goal.missed(ours, self.ratio(), self.share()) if goal and ours is not None else []

    def as_json(self) -> dict[str, Any]:
        """All that was measured, and what follows from it."""
        medians = [self.median(position) for position in range(len(self.values))]
        return {
            "values": self.values,
            "medians": medians,
            "ratio": self.ratio(),
            "floor": self.floor,
            "share": self.share(),
            "missed": self.missed(),
        }


def _cell(value: float | None, width: int, spelled: str = "{:,.2f}") -> str:
    return ("–" if value is None else spelled.format(value)).rjust(width)


def case_names() -> list[str]:
    """The cases there are."""
    return sorted(path.stem for path in CASES.glob("*.py") if path.stem not in NO_CASES)


def ordinary_cases() -> list[str]:
    """Those that are measured unless others are named."""
    return [name for name in case_names() if name not in BY_NAME_ONLY]


def measure(command: Sequence[str], what: str) -> dict[str, float]:
    """Run one case once; its figures, or none when it failed, which is said."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, errors = process.communicate(timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        # The case and the processes that it has started.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        print(f"  {what} took over {RUN_SECONDS} s", file=sys.stderr)
        return {}
    if process.returncode or not out.strip():
        print(f"  {what} failed: {errors[-1000:]}", file=sys.stderr)
        return {}
    figures: dict[str, float] = json.loads(out.splitlines()[-1])
    return figures


def compare(pythons: Sequence[str], case: str, source: Databases, rounds: int) -> list[Figure]:
    """The figures of one case: each interpreter in turn and then the floor, so many times."""
    table: dict[str, Figure] = {}
    limits = str(Path(__file__).with_name("limits.py"))
    for _ in range(rounds):
        for position, python in enumerate(pythons):
            with source.new() as url:
                run = [python, str(CASES / "run.py"), case, url]
                for name, value in measure(run, f"{case} with {python}").items():
                    new = Figure(f"{case}: {name}", source.kind, [[] for _ in pythons])
                    table.setdefault(name, new).values[position].append(value)
        with source.new() as url:
            for name, value in measure([sys.executable, limits, case, url], "the floor").items():
                if name in table:
                    table[name].floor.append(value)
    return list(table.values())


def head(pythons: Sequence[str], kind: str) -> str:
    """The first line of a table."""
    names = ["ours", *(f"other {number}" for number in range(1, len(pythons)))]
    if len(names) == 2:
        names[1] = "other"
    columns = "".join(f"{name:>14}" for name in names) + ("     ratio" if len(names) > 1 else "")
    return f"{kind:<56}{columns}{'floor':>14}{'share':>8}"


@contextlib.contextmanager
def told(path: Path | None, results: dict[str, Any]) -> Iterator[None]:
    """Write what was measured to a file, also when the run was ended early."""
    try:
        yield
    finally:
        if path is not None:
            path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def release(python: str) -> str:
    """What an interpreter runs: its version, and that of its `dbos`."""
    asked = (
        "import platform, importlib.metadata as m\n"
        "names = [n for n in ('dbos', 'dbos-build') if any(m.distributions(name=n))]\n"
        "print(platform.python_version(), *(f'{n} {m.version(n)}' for n in names))"
    )
    run = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def main() -> None:
    """Read the command line, measure, print, store."""
    parser = argparse.ArgumentParser(description="Measure the runtime, beside another one.")
    parser.add_argument("--other", action="append", default=[], metavar="PYTHON")
    parser.add_argument("--case", action="append", choices=case_names())
    parser.add_argument("--database", action="append", choices=KINDS)
    parser.add_argument("--url", help="Postgres server to make databases in")
    parser.add_argument("--repeat", type=int, help="times each case; default 3, long ones 1")
    parser.add_argument("--json", type=Path, help="also write all values to this file")
    chosen = parser.parse_args()
    pythons = [sys.executable, *chosen.other]
    results: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "runs": [release(python) for python in pythons],
    }
    with told(chosen.json, results):
        for kind in chosen.database or KINDS:
            with databases(kind, chosen.url) as source:
                print(head(pythons, kind))
                for case in chosen.case or ordinary_cases():
                    rounds = chosen.repeat or (1 if case in LONG else 3)
                    for figure in compare(pythons, case, source, rounds):
                        print(figure.line(), flush=True)
                        results.setdefault(kind, {})[figure.name] = figure.as_json()


if __name__ == "__main__":
    main()
