"""How soon an idle process notices: work that is enqueued, and results of another process."""

from __future__ import annotations

import time

from bench import Bench, serve
from dbos import DBOS, Queue
from timing import for_a_while, median_milliseconds

TIMES, SECONDS = 20, 6.0
here = Queue("here")
elsewhere = Queue("elsewhere")


@DBOS.workflow()
def stamp() -> float:
    """When it started."""
    return time.time()  # dbos: ignore[DBS001] the benchmark wants the real start


@DBOS.step()
def pause(seconds: float) -> float:
    """Takes a while; when it was over."""
    time.sleep(seconds)
    return time.time()


@DBOS.workflow()
def slow(seconds: float) -> float:
    """One step that takes a while, long enough for somebody to wait for the result."""
    return pause(seconds)


def worker(bench: Bench) -> None:
    """The other process, which serves the queue of the same name."""
    bench.construct()
    DBOS.listen_queues([elsewhere])
    DBOS.launch()
    serve()


def latency(queue: Queue, number: int) -> tuple[float, float]:
    """Seconds from enqueueing on an idle queue to the start, and to the result in hand."""
    time.sleep(0.2 + 0.07 * (number % 5))
    before = time.time()
    started = queue.enqueue(stamp).get_result()
    return started - before, time.time() - before


def late_result(number: int) -> float:
    """Seconds from the end of a step in the other process to its workflow's result here."""
    ended = elsewhere.enqueue(slow, 0.1 + 0.17 * (number % 6)).get_result()
    return time.time() - ended


def latencies(queue: Queue) -> tuple[float, float]:
    """Medians, in milliseconds."""
    queue.enqueue(stamp).get_result()
    found = for_a_while(lambda number: latency(queue, number), TIMES, SECONDS)
    return (
        median_milliseconds(start for start, _ in found),
        median_milliseconds(result for _, result in found),
    )


def measure(bench: Bench) -> dict[str, float]:
    """Milliseconds."""
    bench.construct()
    DBOS.listen_queues([here])
    DBOS.launch()
    start, result = latencies(here)
    with bench.beside("worker") as other:
        other.until("ready")
        start_elsewhere, result_elsewhere = latencies(elsewhere)
        late = median_milliseconds(for_a_while(late_result, TIMES, SECONDS))
    return {
        "idle enqueue to start ms": start,
        "idle enqueue to result ms": result,
        "to the start in another process ms": start_elsewhere,
        "to the result of another process ms": result_elsewhere,
        "end of a step there to result here ms": late,
    }
