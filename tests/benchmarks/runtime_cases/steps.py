"""Steps: one after the other, in fifty workflows at once, and with large results."""

from __future__ import annotations

import time

from bench import Bench
from dbos import DBOS
from timing import rate

STEPS = 500
WORKFLOWS, EACH = 50, 20
KILOBYTE, MEGABYTE = 1000, 1_000_000


@DBOS.step()
def step(number: int) -> int:
    """As little as possible."""
    return number


@DBOS.step()
def produce(size: int) -> str:
    """A result of `size` bytes."""
    return "x" * size


@DBOS.workflow()
def many(count: int) -> int:
    """`count` steps."""
    return sum(step(number) for number in range(count))


@DBOS.workflow()
def large(count: int, size: int) -> int:
    """`count` steps with results of `size` bytes."""
    return sum(len(produce(size)) for _ in range(count))


def together() -> None:
    """Fifty workflows of twenty steps."""
    handles = [DBOS.start_workflow(many, EACH) for _ in range(WORKFLOWS)]
    for handle in handles:
        handle.get_result()


def cpu_milliseconds() -> float:
    """The CPU time of a step in this process: the runtime's own and the driver's."""
    before = time.process_time()
    many(STEPS)
    return (time.process_time() - before) / STEPS * 1000


def measure(bench: Bench) -> dict[str, float]:
    """Steps per second, and the CPU time of one."""
    bench.launch()
    many(10)
    return {
        "sequential /s": rate(STEPS, lambda: many(STEPS)),
        "CPU of a step ms": cpu_milliseconds(),
        "50 workflows × 20 /s": rate(WORKFLOWS * EACH, together),
        "results of 1 kB /s": rate(200, lambda: large(200, KILOBYTE)),
        "results of 1 MB /s": rate(20, lambda: large(20, MEGABYTE)),
    }
