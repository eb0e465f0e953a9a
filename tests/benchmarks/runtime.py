"""The runtime beside another one: every case in turn with two interpreters, medians and ratios.

Run: `python tests/benchmarks/runtime.py [--other PYTHON] [--url URL] [--case NAME …]`.
PYTHON is the interpreter of an environment with the original `dbos`; without it only ours is
measured. URL is a Postgres server to make a database in; without it each run has a new SQLite
file. The cases use nothing but the public API, so the same files run under both interpreters;
runs alternate, because machines drift: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

CASES = Path(__file__).parent / "runtime_cases"
RUN_SECONDS = 180


def case_names() -> list[str]:
    """The cases there are."""
    return sorted(
        path.stem for path in CASES.glob("*.py") if path.stem not in ("__init__", "run", "timing")
    )


def measure(python: str, case: str, url: str | None) -> dict[str, float]:
    """Run one case once in a new process and a new database; its figures, higher is better."""
    with tempfile.TemporaryDirectory() as folder:
        command = [python, str(CASES / "run.py"), case, folder, *([url] if url else [])]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=RUN_SECONDS, check=True
            )
        except subprocess.CalledProcessError as error:
            print(f"  {case} failed with {python}:\n{error.stderr[-2000:]}", file=sys.stderr)
            return {}
        except subprocess.TimeoutExpired:
            print(f"  {case} took over {RUN_SECONDS} s with {python}", file=sys.stderr)
            return {}
        figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return figures


def compare(
    pythons: list[str], cases: Iterable[str], url: str | None, rounds: int
) -> dict[str, list[list[float]]]:
    """Per figure, the values of each interpreter, taken in turn."""
    table: dict[str, list[list[float]]] = {}
    for case in cases:
        for _ in range(rounds):
            for position, python in enumerate(pythons):
                for name, value in measure(python, case, url).items():
                    row = table.setdefault(f"{case}: {name}", [[] for _ in pythons])
                    row[position].append(value)
        for name, values in table.items():
            if name.startswith(f"{case}: "):
                print(line(name, values), flush=True)
    return table


def line(name: str, values: list[list[float]]) -> str:
    """One row: the medians, and how many times better the first is than the second."""
    medians = [statistics.median(each) if each else float("nan") for each in values]
    cells = "".join(f"{median:>14,.2f}" for median in medians)
    if len(medians) < 2:
        return f"{name:<52}{cells}"
    lower_is_better = name.endswith((" ms", " MB", " %"))
    ratio = medians[1] / medians[0] if lower_is_better else medians[0] / medians[1]
    return f"{name:<52}{cells}{ratio:>10.1f}×"


def main() -> None:
    """Read the command line, measure, print, store."""
    parser = argparse.ArgumentParser(description="Measure the runtime, beside another one.")
    parser.add_argument("--other", help="interpreter of the environment to compare with")
    parser.add_argument("--url", help="Postgres URL; default: a new SQLite file per run")
    parser.add_argument("--case", action="append", choices=case_names())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write all values to this file")
    chosen = parser.parse_args()
    pythons = [sys.executable, *([chosen.other] if chosen.other else [])]
    print(f"{'case':<52}" + "".join(f"{name:>14}" for name in ("ours", "other")[: len(pythons)]))
    table = compare(pythons, chosen.case or case_names(), chosen.url, chosen.rounds)
    if chosen.json:
        chosen.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
