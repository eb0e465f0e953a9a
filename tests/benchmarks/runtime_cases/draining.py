"""What the cases of queues share: workflows parked in the database, let loose at one moment.

One workflow is enqueued on a queue that nobody serves and copied; then all copies are moved to a
queue that is served, and one more is enqueued there by the public API, which is what tells the
processes of it. So a rate contains neither the enqueueing nor the start of a process.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bench import Bench
from dbos import DBOSClient
from rows import copy_workflow, raw, table

QUEUE_OF_NOBODY = "parked"


def park(
    bench: Bench, workflow: str, workflow_id: str, count: int, queue: str = QUEUE_OF_NOBODY
) -> None:
    """Enqueue `count` workflows on the queue of nobody, or on one that nobody serves yet."""
    client = DBOSClient(system_database_url=bench.url)
    try:
        client.enqueue(
            {
                "queue_name": queue,
                "workflow_name": workflow,
                "workflow_id": workflow_id,
                "app_version": "1",
            },
            0,
        )
    finally:
        client.destroy()
    copy_workflow(bench.url, workflow_id, count - 1)


def drained(
    bench: Bench,
    prefix: str,
    count: int,
    queue: str,
    trigger: Callable[[], object],
    at_most_seconds: float = 60.0,
) -> float:
    """Move the parked workflows `prefix…` to a queue; how many per second then end.

    `trigger` enqueues one more. After `at_most_seconds` those that have ended count.
    """
    status = table(bench.url, "workflow_status")
    asked = (
        f"SELECT count(*) FROM {status} WHERE status = 'SUCCESS' AND workflow_uuid LIKE '{prefix}%'"
    )
    with raw(bench.url) as connection:
        start = time.perf_counter()
        connection.execute(
            f"UPDATE {status} SET queue_name = '{queue}' WHERE workflow_uuid LIKE '{prefix}%'"
        )
        trigger()
        while True:
            done = connection.execute(asked).fetchone()[0]
            spent = time.perf_counter() - start
            if done >= count or (done and spent > at_most_seconds):
                return float(done / spent)
            time.sleep(0.01)
