"""Recovery after a crash: five hundred workflows, and one with ten thousand recorded steps.

A process runs a workflow for a few steps and ends without a word; its rows are then copied, so that
the state is as large as it shall be. Another process recovers. Measured is from before its launch
to the end of the last workflow.
"""

from __future__ import annotations

import os
import time

from bench import Bench, Beside
from dbos import DBOS, SetWorkflowID
from rows import copy_last_step, copy_workflow, ended
from timing import until

MANY, STEPS_EACH = 500, 5
STEPS_OF_ONE, STEPS_RUN = 10_000, 10
remaining: list[int] = []


@DBOS.step()
def step() -> int:
    """As little as possible; in the process that crashes, its end after so many."""
    if remaining and (left := remaining.pop()) >= 0:
        if left == 0:
            os._exit(0)
        remaining.append(left - 1)
    return 1


@DBOS.workflow()
def working(count: int) -> int:
    """So many steps."""
    return sum(step() for _ in range(count))


def crash(bench: Bench, workflow_id: str, count: str, recorded: str) -> None:
    """Run a workflow of `count` steps; its process ends when so many are recorded."""
    bench.launch()
    remaining.append(int(recorded))
    with SetWorkflowID(workflow_id):
        working(int(count))


def recover(bench: Bench, prefix: str, count: str) -> None:
    """Launch, and say how many seconds passed until so many workflows had ended."""
    start = time.perf_counter()
    bench.launch()
    until(lambda: ended(bench.url, prefix) >= int(count))
    print(f"seconds {time.perf_counter() - start}", flush=True)


def seconds_said(other: Beside) -> float:
    """What the recovering process says."""
    while not (line := other.line()).startswith("seconds "):
        pass
    return float(line.removeprefix("seconds "))


def run_until_crash(bench: Bench, *arguments: str) -> None:
    """Let a process run and crash."""
    with bench.beside("crash", *arguments):
        pass


def measure(bench: Bench) -> dict[str, float]:
    """Seconds."""
    run_until_crash(bench, "many", str(STEPS_EACH + 1), str(STEPS_EACH))
    copy_workflow(bench.url, "many", MANY - 1)
    with bench.beside("recover", "many", str(MANY)) as other:
        many = seconds_said(other)
    run_until_crash(bench, "one", str(STEPS_OF_ONE + 1), str(STEPS_RUN))
    copy_last_step(bench.url, "one", STEPS_OF_ONE)
    with bench.beside("recover", "one", "1") as other:
        one = seconds_said(other)
    return {
        f"{MANY} workflows of {STEPS_EACH} recorded steps s": many,
        f"one workflow of {STEPS_OF_ONE:,} recorded steps s": one,
    }
