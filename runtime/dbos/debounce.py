"""Debouncing: a burst of calls becomes one run of a workflow, with the last input.

In: a workflow, a key, a period and arguments. Out: ``Debouncer``. Never loses a call: while the run
waits, a call replaces its input; once it has begun, a call begins the next burst.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from dbos.error import DBOSArgumentsError, DBOSException
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import drive, operation, request, runtime, seam
from dbos.kernel.drive import Protocol, Save
from dbos.kernel.request import QueuePlace
from dbos.queue import INTERNAL_QUEUE, Queue
from dbos.registry import Declared
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize

if TYPE_CHECKING:
    from dbos.kernel.operation import Operation
    from dbos.system.steps import StepRecord
    from dbos.system.workflows import NewWorkflow

P = ParamSpec("P")
R = TypeVar("R")
# A static method has variables of its own; through the class's they would stay unknown.
Q = ParamSpec("Q")
S = TypeVar("S")
DEBOUNCE = "DBOS.debounce_delayed_workflow"
LONGEST_PERIOD_SECONDS = 1e9


class Debouncer(Generic[P, R]):
    """Debounces one workflow. Make it with ``Debouncer.create``.

    ``debounce_timeout_sec`` bounds how long a burst may put the run off, counted from its first
    call; ``queue`` is where the run is enqueued then.
    """

    def __init__(
        self,
        workflow: Callable[P, R],
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> None:
        declared, bound = request.declared_of(workflow)
        if declared.member is not None or bound:
            raise DBOSException(
                f"Workflow {declared.name} is a method; a debouncer needs a plain function, because"
                " the run may begin in a process that does not have the instance"
            )
        self._declared = declared
        self._timeout_seconds = (
            None
            if debounce_timeout_sec is None
            else valid_seconds(debounce_timeout_sec, "debounce_timeout_sec", positive=True)
        )
        name = queue.name if isinstance(queue, Queue) else queue
        self._queue_name = INTERNAL_QUEUE if name is None else valid_text(name, "A queue name")

    @staticmethod
    def create(
        workflow: Callable[Q, S],
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> Debouncer[Q, S]:
        """A debouncer of a workflow. Raises ``DBOSException`` for a method."""
        return Debouncer(workflow, debounce_timeout_sec=debounce_timeout_sec, queue=queue)

    @staticmethod
    def create_async(
        workflow: Callable[Q, Coroutine[Any, Any, S]],
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> Debouncer[Q, S]:
        """A debouncer of a coroutine workflow."""
        made: Debouncer[Q, Any] = Debouncer(
            workflow, debounce_timeout_sec=debounce_timeout_sec, queue=queue
        )
        return made

    def debounce(
        self, debounce_key: str, debounce_period_sec: float, *args: P.args, **kwargs: P.kwargs
    ) -> WorkflowHandle[R]:
        """Run the workflow once no call came for ``debounce_period_sec``, with the last arguments.

        Raises ``DBOSArgumentsError`` when the arguments do not fit the workflow.
        """
        now = runtime.active()
        protocol = self._bounce(debounce_key, debounce_period_sec, args, dict(kwargs))
        return WorkflowHandle(drive.run(protocol, now.system), now)

    def debounce_async(
        self, debounce_key: str, debounce_period_sec: float, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
        """Like ``debounce``, from a coroutine."""
        now = runtime.active()
        begun = drive.Begun(self._bounce(debounce_key, debounce_period_sec, args, dict(kwargs)))

        async def finish() -> WorkflowHandleAsync[R]:
            return WorkflowHandleAsync(await begun.finish(now.system), now)

        return finish()

    def _bounce(
        self, key: str, period_seconds: float, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Protocol[str]:
        from dbos.system import debounces

        valid_text(key, "A debounce key")
        seconds = valid_seconds(period_seconds, "debounce_period_sec")
        seconds = max(0.0, min(seconds, LONGEST_PERIOD_SECONDS))
        _check_arguments(self._declared, args, kwargs)
        frame = operation.in_workflow("Debouncing")
        begun = None
        if frame is not None:
            digest = serialize.digest(self._declared.name, key, args, kwargs)
            begun = operation.begin(frame, DEBOUNCE, digest)
            if begun.recorded is not None:
                return str(drive.unwrap(operation.replayed(begun)))
        default_id = None if begun is None else f"{begun.execution.workflow_id}-{begun.number}"
        row = self._row(key, seconds, args, kwargs, frame=frame, default_id=default_id)
        if begun is None:
            return str((yield Save(debounces.bounce(row))))
        return (yield from _recorded(begun, row))

    def _row(
        self,
        key: str,
        seconds: float,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        frame: Any,
        default_id: str | None,
    ) -> NewWorkflow:
        """The run as it would be if this were the only call of the burst."""
        asked = request.make(
            runtime.active(),
            self._declared,
            args,
            kwargs,
            frame=frame,
            default_id=default_id,
            place=QueuePlace(queue_name=self._queue_name),
        )
        if asked.row.deduplication_id or asked.row.queue_partition_key or asked.row.priority:
            raise DBOSException(
                "A debounced workflow has no deduplication id, partition key or priority"
            )
        now = seam.now_ms()
        timeout = self._timeout_seconds
        latest = None if timeout is None else now + int(timeout * 1000)
        until = now + int(seconds * 1000)
        return replace(
            asked.row,
            status="DELAYED",
            delay_until_epoch_ms=until if latest is None else min(until, latest),
            deduplication_id=f"{self._declared.name}-{key}",
            is_debounced=1,
            debounce_deadline_epoch_ms=latest,
        )


def _recorded(begun: Operation, row: NewWorkflow) -> Protocol[str]:
    """Bounce from a workflow: the bounce and its record are one transaction, or neither happens."""
    from dbos.system import debounces

    def record_for(workflow_id: str) -> StepRecord:
        return operation.record_of(begun, output=serialize.encode(workflow_id, what="debounce"))

    execution = begun.execution
    try:
        workflow_id, status = yield Save(
            debounces.bounce_recorded(row, execution.workflow_id, execution.owner, record_for)
        )
    except debounces.NotRecordedError:
        workflow_id, status = row.workflow_uuid, None
    counted = yield from operation.settle(begun, record_for(workflow_id), status)
    return str(drive.unwrap(operation.replayed(replace(begun, recorded=counted))))


def _check_arguments(declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        inspect.signature(declared.function).bind(*args, **kwargs)
    except TypeError as error:
        raise DBOSArgumentsError(
            declared.name, f"{error}; debounce(key, period, …) passes on what follows the period"
        ) from None
