"""Queues: enqueueing, draining, limits, and how long an idle queue takes to notice work."""

from __future__ import annotations

import time

from dbos import DBOS, Queue
from timing import median_milliseconds, rate

WORKFLOWS = 1000
LATENCIES = 10
open_queue = Queue("open")
ten_queue = Queue("ten", worker_concurrency=10)
one_queue = Queue("one", concurrency=1)


@DBOS.workflow()
def empty(number: int) -> int:
    """Nothing but the workflow itself."""
    return number


@DBOS.workflow()
def stamp() -> float:
    """When it started."""
    return time.time()  # dbos: ignore[DBS001] the benchmark wants the real start


def drain(queue: Queue, count: int) -> None:
    """Enqueue `count` and wait for all."""
    handles = [queue.enqueue(empty, number) for number in range(count)]
    for handle in handles:
        handle.get_result()


def latency() -> tuple[float, float]:
    """Seconds from enqueueing on an idle queue to the start, and to the result in hand."""
    time.sleep(0.3)
    before = time.time()
    started = open_queue.enqueue(stamp).get_result()
    return started - before, time.time() - before


def measure(_url: str) -> dict[str, float]:
    """Workflows per second, and milliseconds."""
    open_queue.enqueue(empty, -1).get_result()
    latencies = [latency() for _ in range(LATENCIES)]
    return {
        "idle enqueue to start ms": median_milliseconds(start for start, _ in latencies),
        "enqueue to result ms": median_milliseconds(result for _, result in latencies),
        "enqueue and drain /s": rate(WORKFLOWS, lambda: drain(open_queue, WORKFLOWS)),
        "worker_concurrency=10 /s": rate(40, lambda: drain(ten_queue, 40)),
        "concurrency=1 /s": rate(5, lambda: drain(one_queue, 5)),
    }
