"""Queues registered at run time: written to the database, served by every process.

In: names and limits. Out: ``Queue`` objects. Never removes work: what waits on a deleted queue
stays enqueued.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSQueueOptionsError
from dbos.kernel import drive, runtime, seam
from dbos.kernel.drive import Load, Protocol, Save
from dbos.limits import QueueRateLimit, limits_of, options_of
from dbos.queue import Queue
from dbos.queue_settings import CONFLICTS, Conflict
from dbos.registry import live
from dbos.validity import valid_text

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime


def _register_queue(
    name: str,
    *,
    worker_concurrency: int | None = None,
    global_concurrency: int | None = None,
    partition_concurrency: int | None = None,
    partition_worker_concurrency: int | None = None,
    partition_limiter: QueueRateLimit | Mapping[str, Any] | None = None,
    limiter: QueueRateLimit | Mapping[str, Any] | None = None,
    polling_interval_sec: float = 1.0,
    on_conflict: Conflict = "update_if_latest_version",
    concurrency: int | None = None,
    priority_enabled: bool = False,
    partition_queue: bool = False,
) -> Protocol[Queue]:
    """Register a queue for all processes, or change its limits; see ``Queue`` for these.

    ``on_conflict`` says what happens to a queue that is registered already; by default a process
    of an older version leaves it as it is, and a client, which has no version, changes it. Answers
    the queue as it is now.
    """
    options = {
        "concurrency": concurrency,
        "global_concurrency": global_concurrency,
        "worker_concurrency": worker_concurrency,
        "limiter": limiter,
        "partition_concurrency": partition_concurrency,
        "partition_worker_concurrency": partition_worker_concurrency,
        "partition_limiter": partition_limiter,
        "partition_queue": partition_queue,
        "priority_enabled": priority_enabled,
        "polling_interval_sec": polling_interval_sec,
    }
    return (yield from registering(name, options, on_conflict))


def registering(name: str, options: Mapping[str, Any], on_conflict: Conflict) -> Protocol[Queue]:
    """Register a queue with the keywords of ``register_queue``."""
    from dbos.system import registered_queues

    limits = limits_of(valid_text(name, "The name of a queue"), options)
    if on_conflict not in CONFLICTS:
        raise DBOSQueueOptionsError(f"on_conflict must be one of {CONFLICTS}, not {on_conflict!r}")
    now = runtime.active()
    stored = yield Save(
        registered_queues.register(
            name,
            json.dumps(options_of(limits)),
            seam.now_ms(),
            on_conflict=on_conflict,
            version="" if now.is_client else now.application_version,
        )
    )
    queue = Queue.registered(name, json.loads(stored), _client_of(now))
    if queue._client is None:
        live.queues[name] = queue
        now.system.wakes.notify([("service", "dispatcher"), ("queue", name)])
    return queue


def _client_of(now: Runtime) -> Runtime | None:
    return now if now.is_client else None


def listed(*, application_name: str | Sequence[str] | None = None) -> Protocol[list[Queue]]:
    """All registered queues. One system database serves one set of queues, whatever the name."""
    from dbos.system import registered_queues

    client = _client_of(runtime.active())
    rows = yield Load(registered_queues.read_queues())
    return [Queue.registered(name, json.loads(options), client) for name, options in rows]


def _retrieve_queue(name: str) -> Protocol[Queue | None]:
    """The registered queue of this name, or None."""
    from dbos.system import registered_queues

    client = _client_of(runtime.active())
    found = yield Load(registered_queues.read_queue(valid_text(name, "The name of a queue")))
    return None if found is None else Queue.registered(name, json.loads(found), client)


def _delete_queue(name: str) -> Protocol[None]:
    """Forget a registered queue; what waits on it stays enqueued."""
    from dbos.system import registered_queues

    valid_text(name, "The name of a queue")
    is_client = runtime.active().is_client
    yield Save(registered_queues.remove(name))
    known = live.queues.get(name)
    if isinstance(known, Queue) and known.is_registered and not is_client:
        live.queues.pop(name, None)


register_queue = drive.blocking(_register_queue)
register_queue_async = drive.awaitable(_register_queue)
list_queues = drive.blocking(listed)
list_queues_async = drive.awaitable(listed)
retrieve_queue = drive.blocking(_retrieve_queue)
retrieve_queue_async = drive.awaitable(_retrieve_queue)
delete_queue = drive.blocking(_delete_queue)
delete_queue_async = drive.awaitable(_delete_queue)
