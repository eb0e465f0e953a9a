"""The front of a long queue: how fast it drains with 10,000 and with 1,000,000 waiting.

Run by name only (`--case queue_long`): making a million rows takes up to a minute.
"""

from __future__ import annotations

import time

from bench import Bench
from dbos import DBOS, Queue
from draining import park

WAITING = (10_000, 1_000_000)
# What comes first pays for the launch; then so many are timed.
SKIPPED, TIMED = 500, 2_000
work = Queue("work")
ended: list[float] = []


@DBOS.workflow()
def empty(number: int) -> int:
    """Note when it runs."""
    ended.append(time.perf_counter())
    return number


def front_drained(bench: Bench) -> float:
    """Launch, and answer how many per second of the first run."""
    ended.clear()
    bench.construct()
    DBOS.listen_queues([work])
    DBOS.launch()
    while len(ended) < SKIPPED + TIMED:
        time.sleep(0.005)
    rate = TIMED / (ended[SKIPPED + TIMED - 1] - ended[SKIPPED - 1])
    DBOS.destroy()
    return rate


def measure(bench: Bench) -> dict[str, float]:
    """Workflows per second at the front of each length."""
    bench.launch()
    DBOS.destroy()
    park(bench, "empty", "few", WAITING[0], queue="work")
    figures = {f"front of {WAITING[0]:,} /s": front_drained(bench)}
    park(bench, "empty", "many", WAITING[1] - WAITING[0], queue="work")
    figures[f"front of {WAITING[1]:,} /s"] = front_drained(bench)
    return figures
