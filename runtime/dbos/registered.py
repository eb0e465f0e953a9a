"""Queues registered at run time: written to the database, served by every process.

In: names and limits. Out: ``Queue`` objects. Never removes work: what waits on a deleted queue
stays enqueued.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dbos.kernel import drive, seam
from dbos.kernel.drive import Load, Protocol, Save
from dbos.queue import Queue, QueueRateLimit
from dbos.registry import live
from dbos.validity import valid_text


def _register_queue(
    name: str,
    *,
    concurrency: int | None = None,
    global_concurrency: int | None = None,
    worker_concurrency: int | None = None,
    limiter: QueueRateLimit | Mapping[str, Any] | None = None,
    partition_queue: bool = False,
    priority_enabled: bool = False,
    polling_interval_sec: float = 1.0,
    on_conflict: str = "update_if_latest_version",
) -> Protocol[Queue]:
    """Register a queue for all processes, or change its limits; see ``Queue`` for these."""
    from dbos.system import registered_queues

    options = {
        "concurrency": global_concurrency if concurrency is None else concurrency,
        "worker_concurrency": worker_concurrency,
        "limiter": None if limiter is None else dict(limiter),
        "partition_queue": partition_queue,
        "priority_enabled": priority_enabled,
        "polling_interval_sec": polling_interval_sec,
    }
    queue = Queue.registered(name, options)
    yield Save(registered_queues.register(name, json.dumps(options), seam.now_ms()))
    live.queues[name] = queue
    return queue


def listed() -> Protocol[list[Queue]]:
    """All registered queues."""
    from dbos.system import registered_queues

    rows = yield Load(registered_queues.read_queues())
    return [Queue.registered(name, json.loads(options)) for name, options in rows]


def _retrieve_queue(name: str) -> Protocol[Queue | None]:
    """The registered queue of this name, or None."""
    valid_text(name, "The name of a queue")
    found = yield from listed()
    return next((queue for queue in found if queue.name == name), None)


def _delete_queue(name: str) -> Protocol[None]:
    """Forget a registered queue; what waits on it stays enqueued."""
    from dbos.system import registered_queues

    valid_text(name, "The name of a queue")
    yield Save(registered_queues.remove(name))
    live.queues.pop(name, None)


register_queue = drive.blocking(_register_queue)
register_queue_async = drive.awaitable(_register_queue)
list_queues = drive.blocking(listed)
list_queues_async = drive.awaitable(listed)
retrieve_queue = drive.blocking(_retrieve_queue)
retrieve_queue_async = drive.awaitable(_retrieve_queue)
delete_queue = drive.blocking(_delete_queue)
delete_queue_async = drive.awaitable(_delete_queue)
