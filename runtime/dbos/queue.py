"""Queues: declare one with its limits, and enqueue workflows on it.

In: limits, functions and arguments. Out: ``Queue``. Never runs anything: the dispatcher takes work
within the limits.

A queue is declared at module level, or at run time with ``DBOS.register_queue``; a process works on
the queues it has declared, and any process may enqueue.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from dbos.error import DBOSException, DBOSQueueDeduplicatedError
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import context, drive, operation, request, runtime
from dbos.kernel.drive import Load, Protocol, Save
from dbos.kernel.request import QueuePlace, Request
from dbos.limits import Limits, QueueRateLimit, limits_of
from dbos.queue_settings import QueueSettings
from dbos.registry import live
from dbos.validity import valid_text
from dbos.workflow import enqueue_child, is_mine

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system.workflows import NewWorkflow

P = ParamSpec("P")
R = TypeVar("R")
INTERNAL_QUEUE = "_dbos_internal_queue"


class Queue(QueueSettings):
    """A named queue. Limits are whole numbers of workflows; ``limiter`` is per ``period`` seconds.

    ``concurrency``, or ``global_concurrency``, holds over all processes, ``worker_concurrency`` in
    each, and the limits whose names begin with ``partition_`` for each partition key.
    Raises ``DBOSException`` for limits that make no sense.
    """

    def __init__(
        self,
        name: str,
        concurrency: int | None = None,
        limiter: QueueRateLimit | Mapping[str, Any] | None = None,
        *,
        worker_concurrency: int | None = None,
        global_concurrency: int | None = None,
        partition_concurrency: int | None = None,
        partition_worker_concurrency: int | None = None,
        partition_limiter: QueueRateLimit | Mapping[str, Any] | None = None,
        priority_enabled: bool = False,
        partition_queue: bool = False,
        polling_interval_sec: float = 1.0,
    ) -> None:
        options = {
            "concurrency": concurrency,
            "limiter": limiter,
            "worker_concurrency": worker_concurrency,
            "global_concurrency": global_concurrency,
            "partition_concurrency": partition_concurrency,
            "partition_worker_concurrency": partition_worker_concurrency,
            "partition_limiter": partition_limiter,
            "priority_enabled": priority_enabled,
            "partition_queue": partition_queue,
            "polling_interval_sec": polling_interval_sec,
        }
        self._become(name, options)
        if name in live.queues:
            raise DBOSException(f"Queue {name} has already been declared")
        live.queues[name] = self
        now = runtime.active_or_none()
        if now is not None:
            now.system.wakes.notify([("service", "dispatcher")])

    def _become(self, name: str, options: Mapping[str, Any]) -> None:
        self.name = valid_text(name, "The name of a queue")
        self.limits = limits_of(name, options)
        self.is_registered = False
        self._client = None

    @classmethod
    def built(cls, name: str, options: Mapping[str, Any]) -> Queue:
        """A queue that is declared in a module nothing has imported, from its entry."""
        made = cls.__new__(cls)
        made._become(name, options)
        return made

    @classmethod
    def registered(
        cls, name: str, options: Mapping[str, Any], client: Runtime | None = None
    ) -> Queue:
        """A queue that the database knows, from its stored options."""
        made = cls.built(name, options)
        made.is_registered = True
        made._client = client
        return made

    def __repr__(self) -> str:
        return f"Queue({self.name!r})"

    @overload
    def enqueue(
        self, func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> WorkflowHandle[R]: ...

    # Types cannot say "these parameters and one more keyword", so this form goes unchecked; mypy
    # takes the first form for one that accepts everything, and yet it does not.
    @overload
    def enqueue(  # type: ignore[overload-cannot-match]
        self, func: Callable[..., R], /, *args: Any, partition_key: str, **kwargs: Any
    ) -> WorkflowHandle[R]: ...

    def enqueue(self, func: Callable[..., R], /, *args: Any, **kwargs: Any) -> WorkflowHandle[R]:
        """Enqueue a workflow; ``partition_key="…"`` names its partition. Durable once it returns.

        Workflows of one partition run in order, ``concurrency`` (default 1) at a time.
        """
        now = self._client or runtime.active()
        protocol = _enqueue(self.name, self.limits, func, args, dict(kwargs))
        return WorkflowHandle(drive.run(protocol, now.system), now)

    @overload
    def enqueue_async(
        self,
        func: Callable[P, Coroutine[Any, Any, R]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]: ...

    @overload
    def enqueue_async(  # type: ignore[overload-cannot-match]
        self,
        func: Callable[..., Coroutine[Any, Any, R]],
        /,
        *args: Any,
        partition_key: str,
        **kwargs: Any,
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]: ...

    def enqueue_async(
        self, func: Callable[..., Coroutine[Any, Any, R]], /, *args: Any, **kwargs: Any
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
        """Like ``enqueue``, from a coroutine."""
        now = runtime.active()
        begun = drive.Begun(_enqueue(self.name, self.limits, func, args, dict(kwargs)))

        async def finish() -> WorkflowHandleAsync[R]:
            return WorkflowHandleAsync(await begun.finish(now.system), now)

        return finish()


def _partition_key(function: Any, kwargs: dict[str, Any]) -> str | None:
    """Take ``partition_key=`` off the keywords, unless the workflow has such a parameter."""
    key: str | None = None
    if "partition_key" in kwargs:
        declared = getattr(function, "__dbos_workflow__", None)
        code = getattr(getattr(declared, "function", None), "__code__", None)
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if code else ()
        if "partition_key" not in parameters:
            key = valid_text(kwargs.pop("partition_key"), "A partition key")
    return key


def _enqueue(
    queue_name: str,
    limits: Limits | None,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Protocol[str]:
    now = runtime.active()
    key = _partition_key(function, kwargs)
    presets = context.presets.get()
    partition = key or presets.queue_partition_key
    if limits is not None and limits.is_partitioned and partition is None:
        raise DBOSException(f"Queue {queue_name!r} is partitioned: enqueue with partition_key=")
    if partition is not None and presets.deduplication_id is not None:
        raise DBOSException("A partition key and a deduplication id exclude each other")
    declared, bound = request.declared_of(function)
    frame = operation.in_workflow(f"Enqueueing workflow {declared.name}")
    place = QueuePlace(queue_name=queue_name, partition_key=partition)
    if frame is not None:
        return (yield from enqueue_child(now, frame, declared, (*bound, *args), kwargs, place))
    asked = request.make(now, declared, (*bound, *args), kwargs, frame=None, place=place)
    return (yield from insert_queued(asked, presets.duplication_policy))


def insert_queued(asked: Request, policy: str | None) -> Protocol[str]:
    """Commit the row of an enqueued workflow; answers its id, or that of the one it duplicates.

    Raises ``DBOSQueueDeduplicatedError`` unless ``policy`` is "return-existing".
    """
    from dbos.system import workflows

    row = asked.row
    if (yield Save(workflows.insert(row))):
        return row.workflow_uuid
    ending = yield Load(workflows.read_ending(row.workflow_uuid))
    if ending is None and row.deduplication_id is not None:
        return (yield from _deduplicated(row, row.deduplication_id, policy))
    yield from is_mine(asked)
    return row.workflow_uuid


def _deduplicated(row: NewWorkflow, deduplication_id: str, policy: str | None) -> Protocol[str]:
    """The id of the workflow that holds a deduplication id, when the caller wants it."""
    from dbos.system import queues

    workflow_id, queue_name = row.workflow_uuid, str(row.queue_name)
    if policy == "return-existing":
        holder = yield Load(queues.read_holder(queue_name, deduplication_id))
        if holder is not None:
            return str(holder)
    raise DBOSQueueDeduplicatedError(workflow_id, queue_name, deduplication_id)


def enqueue_workflow(
    queue_name: str, func: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> WorkflowHandle[R]:
    """Enqueue a workflow on a queue given by name, which this process need not have declared."""
    now = runtime.active()
    limits = getattr(live.queues.get(queue_name), "limits", None)
    protocol = _enqueue(
        valid_text(queue_name, "The name of a queue"), limits, func, args, dict(kwargs)
    )
    return WorkflowHandle(drive.run(protocol, now.system), now)


def enqueue_workflow_async(
    queue_name: str, func: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs
) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
    """Like ``enqueue_workflow``, from a coroutine."""
    now = runtime.active()
    limits = getattr(live.queues.get(queue_name), "limits", None)
    name = valid_text(queue_name, "The name of a queue")
    begun = drive.Begun(_enqueue(name, limits, func, args, dict(kwargs)))

    async def finish() -> WorkflowHandleAsync[R]:
        return WorkflowHandleAsync(await begun.finish(now.system), now)

    return finish()
