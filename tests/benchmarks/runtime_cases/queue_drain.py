"""Queues without limits: enqueueing, and draining with one and with two processes."""

from __future__ import annotations

from bench import Bench, serve
from dbos import DBOS, Queue
from draining import drained, park
from timing import rate

ENQUEUED = 300
WORKFLOWS = 1000
work = Queue("work")
unserved = Queue("unserved")


@DBOS.workflow()
def empty(number: int) -> int:
    """Nothing but the workflow itself."""
    return number


def enqueue_all() -> None:
    """One by one."""
    for number in range(ENQUEUED):
        unserved.enqueue(empty, number)


def worker(bench: Bench) -> None:
    """A second process that serves the queue."""
    bench.construct()
    DBOS.listen_queues([work])
    DBOS.launch()
    serve()


def drain(bench: Bench, prefix: str) -> float:
    """Workflows per second, by the processes that are there."""
    return drained(bench, prefix, WORKFLOWS, "work", lambda: work.enqueue(empty, 0))


def measure(bench: Bench) -> dict[str, float]:
    """Workflows per second."""
    bench.construct()
    DBOS.listen_queues([work])
    DBOS.launch()
    work.enqueue(empty, -1).get_result()
    for prefix in ("one", "two"):
        park(bench, "empty", prefix, WORKFLOWS)
    figures = {"enqueue /s": rate(ENQUEUED, enqueue_all), "drain /s": drain(bench, "one")}
    with bench.beside("worker") as second:
        second.until("ready")
        figures["drain by two processes /s"] = drain(bench, "two")
    return figures
