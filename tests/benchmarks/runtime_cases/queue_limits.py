"""Queues with limits: how many empty workflows per second pass through them."""

from __future__ import annotations

from bench import Bench
from dbos import DBOS, Queue
from draining import drained, park

WORKFLOWS = 500
SECONDS = 3.0
QUEUES = {
    "worker_concurrency=5": Queue("five", worker_concurrency=5),
    "worker_concurrency=10": Queue("ten", worker_concurrency=10),
    "concurrency=1": Queue("single", concurrency=1),
}


@DBOS.workflow()
def empty(number: int) -> int:
    """Nothing but the workflow itself."""
    return number


def drain(bench: Bench, queue: Queue) -> float:
    """Workflows per second, over all of them or over the first seconds."""
    name = queue.name
    return drained(bench, name, WORKFLOWS, name, lambda: queue.enqueue(empty, 0), SECONDS)


def measure(bench: Bench) -> dict[str, float]:
    """Workflows per second."""
    bench.launch()
    for queue in QUEUES.values():
        park(bench, "empty", queue.name, WORKFLOWS)
    return {f"{limit} /s": drain(bench, queue) for limit, queue in QUEUES.items()}
