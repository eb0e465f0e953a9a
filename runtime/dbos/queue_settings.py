"""What can be asked of a queue and, when it was registered at run time, changed for all processes.

In: a queue and a value. Out: ``QueueSettings``, the part of ``Queue`` with its limits. Never lets
a process keep a limit to itself: a registered queue is read from the database and written to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from dbos.error import DBOSException, DBOSQueueOptionsError
from dbos.kernel import drive, runtime, seam
from dbos.kernel.drive import Load, Protocol, Save
from dbos.limits import Limits, QueueRateLimit, Rate, limits_of, options_of, rate
from dbos.registry import live

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime

T = TypeVar("T")
Conflict = Literal["update_if_latest_version", "always_update", "never_update"]
CONFLICTS = ("update_if_latest_version", "always_update", "never_update")


class Setting(Generic[T]):
    """One limit of a queue, as a read-only attribute."""

    def __init__(self, name: str, doc: str) -> None:
        self.name = name
        self.__doc__ = doc

    @overload
    def __get__(self, queue: None, owner: type) -> Setting[T]: ...

    @overload
    def __get__(self, queue: QueueSettings, owner: type) -> T: ...

    def __get__(self, queue: QueueSettings | None, owner: type) -> Setting[T] | T:
        if queue is None:
            return self
        value: T = shown(queue.current_limits(), self.name)
        return value


def _reading(setting: Setting[T]) -> Callable[[QueueSettings], Coroutine[Any, Any, T]]:
    async def read(self: QueueSettings) -> T:
        value: T = shown(await self.current_limits_async(), setting.name)
        return value

    return _named(read, f"get_{setting.name}_async", f"Like ``{setting.name}``, from a coroutine.")


def _setting(setting: Setting[T]) -> Callable[[QueueSettings, T], None]:
    def write(self: QueueSettings, value: T) -> None:
        self.change(setting.name, value)

    doc = f"Change ``{setting.name}`` of a registered queue, for all processes."
    return _named(write, f"set_{setting.name}", doc)


def _setting_async(
    setting: Setting[T],
) -> Callable[[QueueSettings, T], Coroutine[Any, Any, None]]:
    async def write(self: QueueSettings, value: T) -> None:
        # the calling thread may be an event loop's, and the change waits for the database
        context = copy_context()
        await asyncio.to_thread(context.run, self.change, setting.name, value)

    doc = f"Like ``set_{setting.name}``, from a coroutine."
    return _named(write, f"set_{setting.name}_async", doc)


F = TypeVar("F", bound=Callable[..., Any])


def _named(function: F, name: str, doc: str) -> F:
    function.__name__, function.__doc__ = name, doc
    function.__qualname__ = f"Queue.{name}"
    return function


class QueueSettings:
    """The limits of a queue. Those of a registered queue are asked of the database each time.

    Setting one raises ``DBOSException`` for a queue that is declared in the code, and
    ``DBOSQueueOptionsError``, a ``ValueError``, for a limit that makes no sense.
    """

    name: str
    limits: Limits
    is_registered: bool
    # the client that looked this queue up; None for the process's own runtime
    _client: Runtime | None

    concurrency: Setting[int | None] = Setting(
        "concurrency", "The most workflows that run at once over all processes."
    )
    global_concurrency: Setting[int | None] = Setting(
        "global_concurrency", "The same, and None where limits are per partition."
    )
    worker_concurrency: Setting[int | None] = Setting(
        "worker_concurrency", "The most workflows that run at once in one process."
    )
    limiter: Setting[QueueRateLimit | None] = Setting("limiter", "The most starts in a period.")
    partition_concurrency: Setting[int | None] = Setting(
        "partition_concurrency", "The most of one partition that run at once over all processes."
    )
    partition_worker_concurrency: Setting[int | None] = Setting(
        "partition_worker_concurrency", "The most of one partition that run at once in one process."
    )
    partition_limiter: Setting[QueueRateLimit | None] = Setting(
        "partition_limiter", "The most starts of one partition in a period."
    )
    partition_queue: Setting[bool] = Setting("partition_queue", "Whether it is split by keys.")
    priority_enabled: Setting[bool] = Setting("priority_enabled", "As declared; always on here.")
    polling_interval_sec: Setting[float] = Setting(
        "polling_interval_sec", "As declared; nothing polls here."
    )

    get_concurrency_async = _reading(concurrency)
    get_global_concurrency_async = _reading(global_concurrency)
    get_worker_concurrency_async = _reading(worker_concurrency)
    get_limiter_async = _reading(limiter)
    get_partition_concurrency_async = _reading(partition_concurrency)
    get_partition_worker_concurrency_async = _reading(partition_worker_concurrency)
    get_partition_limiter_async = _reading(partition_limiter)
    get_partition_queue_async = _reading(partition_queue)
    get_priority_enabled_async = _reading(priority_enabled)
    get_polling_interval_sec_async = _reading(polling_interval_sec)
    set_concurrency = _setting(concurrency)
    set_concurrency_async = _setting_async(concurrency)
    set_global_concurrency = _setting(global_concurrency)
    set_global_concurrency_async = _setting_async(global_concurrency)
    set_worker_concurrency = _setting(worker_concurrency)
    set_worker_concurrency_async = _setting_async(worker_concurrency)
    set_limiter = _setting(limiter)
    set_limiter_async = _setting_async(limiter)
    set_partition_concurrency = _setting(partition_concurrency)
    set_partition_concurrency_async = _setting_async(partition_concurrency)
    set_partition_worker_concurrency = _setting(partition_worker_concurrency)
    set_partition_worker_concurrency_async = _setting_async(partition_worker_concurrency)
    set_partition_limiter = _setting(partition_limiter)
    set_partition_limiter_async = _setting_async(partition_limiter)
    set_partition_queue = _setting(partition_queue)
    set_partition_queue_async = _setting_async(partition_queue)
    set_priority_enabled = _setting(priority_enabled)
    set_priority_enabled_async = _setting_async(priority_enabled)
    set_polling_interval_sec = _setting(polling_interval_sec)
    set_polling_interval_sec_async = _setting_async(polling_interval_sec)

    def current_limits(self) -> Limits:
        """The limits now. Raises ``DBOSException`` when a registered queue was deleted."""
        if not self.is_registered:
            return self.limits
        with self._on_its_database() as now:
            return drive.run(read_limits(self.name), now.system)

    async def current_limits_async(self) -> Limits:
        """Like ``current_limits``, from a coroutine."""
        if not self.is_registered:
            return self.limits
        now = self._client or runtime.active()
        return await drive.run_async(read_limits(self.name), now.system)

    def change(self, setting: str, value: Any) -> None:
        """Change one setting of a registered queue, in the database and here."""
        if not self.is_registered:
            raise DBOSException(
                f"Queue {self.name!r} is declared in the code; change its declaration. Only queues"
                " of DBOS.register_queue() can be changed while they are served"
            )
        with self._on_its_database() as now:
            self.limits = drive.run(_changed(self.name, setting, value), now.system)
            known = live.queues.get(self.name)
            if self._client is None and isinstance(known, QueueSettings):
                known.limits = self.limits

    @contextlib.contextmanager
    def _on_its_database(self) -> Any:
        now = self._client or runtime.active()
        with runtime.using(now):
            yield now


def shown(limits: Limits, setting: str) -> Any:
    """A limit as callers see it. ``partition_queue=True`` makes the others ones per partition."""
    if setting == "partition_queue":
        return limits.is_partitioned
    if setting == "global_concurrency":
        return limits.overall.concurrency
    value = getattr(limits, setting)
    if limits.partition_queue and value is None and setting.startswith("partition_"):
        value = getattr(limits, setting.removeprefix("partition_"))
    return value.as_mapping() if isinstance(value, Rate) else value


def read_limits(name: str) -> Protocol[Limits]:
    """The limits of a registered queue. Raises ``DBOSException`` when there is none."""
    from dbos.system import registered_queues

    found = yield Load(registered_queues.read_queue(name))
    if found is None:
        raise DBOSException(f"Queue {name!r} is not registered, or was deleted")
    return limits_of(name, json.loads(found))


def _changed(name: str, setting: str, value: Any) -> Protocol[Limits]:
    """Write one changed setting; answers all limits."""
    from dbos.system import registered_queues

    key = "concurrency" if setting == "global_concurrency" else setting
    if key in ("limiter", "partition_limiter"):
        value = rate(value, key, name)

    def change(stored: str) -> str:
        before = limits_of(name, json.loads(stored))
        if key == "partition_queue" and before.is_partitioned and not before.partition_queue:
            raise DBOSQueueOptionsError(
                f"Queue {name!r} is split by its limits per partition; set those to None instead"
            )
        return json.dumps(options_of(replace(before, **{key: value})))

    stored = yield Save(registered_queues.change(name, change, seam.now_ms()))
    if stored is None:
        raise DBOSException(f"Queue {name!r} is not registered, or was deleted")
    return limits_of(name, json.loads(stored))
