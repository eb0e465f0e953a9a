"""One, two, four and eight processes on one database: throughput, and whether a limit holds."""

from __future__ import annotations

import contextlib
import time

from bench import Bench, serve
from dbos import DBOS, Queue
from draining import drained, park
from rows import raw, table
from timing import until

WORKFLOWS, LIMITED = 600, 200
COUNTS = (1, 2, 4, 8)
CONCURRENCY = 4
work = Queue("work")
limited = Queue("limited", concurrency=CONCURRENCY)


@DBOS.step()
def step(number: int) -> int:
    """As little as possible."""
    return number


@DBOS.workflow()
def five_steps(number: int) -> int:
    """Five steps."""
    return sum(step(number) for _ in range(5))


def worker(bench: Bench) -> None:
    """A process that serves both queues."""
    bench.construct()
    DBOS.listen_queues([work, limited])
    DBOS.launch()
    serve()


def most_at_once(bench: Bench) -> int:
    """How many workflows of the limited queue ran at once, as one statement saw again and again."""
    status = table(bench.url, "workflow_status")
    of_queue = f"SELECT count(*) FROM {status} WHERE queue_name = 'limited' AND status"
    most = 0
    with raw(bench.url) as connection:
        connection.execute(
            f"UPDATE {status} SET queue_name = 'limited' WHERE workflow_uuid LIKE 'limited%'"
        )
        limited.enqueue(five_steps, 0)

        def drained_now() -> bool:
            nonlocal most
            most = max(most, connection.execute(f"{of_queue} = 'PENDING'").fetchone()[0])
            left = connection.execute(f"{of_queue} IN ('PENDING', 'ENQUEUED')").fetchone()[0]
            return bool(left == 0)

        until(drained_now)
    return most


def measure(bench: Bench) -> dict[str, float]:
    """Workflows per second by so many processes; how many ran at once where four may."""
    bench.construct()
    DBOS.listen_queues([Queue("unserved")])
    DBOS.launch()
    figures: dict[str, float] = {}
    counts = COUNTS[:2] if bench.is_sqlite else COUNTS
    with contextlib.ExitStack() as stack:
        for count in range(1, counts[-1] + 1):
            other = stack.enter_context(bench.beside("worker"))
            other.until("ready")
            if count not in counts:
                continue
            prefix = f"by-{count}-"
            park(bench, "five_steps", prefix, WORKFLOWS)
            time.sleep(0.5)
            figures[f"workflows of five steps by {count} /s"] = drained(
                bench, prefix, WORKFLOWS, "work", lambda: work.enqueue(five_steps, 0)
            )
        park(bench, "five_steps", "limited", LIMITED)
        figures[f"at once of concurrency={CONCURRENCY} count"] = float(most_at_once(bench))
    return figures
