"""Debouncing: a burst of calls becomes one run of a workflow, with the last input.

In: a workflow, a key, a period and arguments. Out: ``Debouncer`` and ``DebouncerClient``. Never
loses a call: while the run waits, a call replaces its input; once it has begun, a call begins the
next burst.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from dbos.error import (
    DBOSArgumentsError,
    DBOSException,
    DBOSWorkflowFunctionNotFoundError,
)
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import drive, operation, request, runtime, seam
from dbos.kernel.drive import Protocol, Save
from dbos.kernel.request import QueuePlace
from dbos.named import EnqueueOptions, named_request
from dbos.queue import INTERNAL_QUEUE, Queue
from dbos.registry import Declared, live
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize

if TYPE_CHECKING:
    from dbos.client import DBOSClient
    from dbos.kernel.operation import Operation
    from dbos.kernel.runtime import Runtime
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
    """Debounces one workflow, given as the function or by its registered name.

    ``debounce_timeout_sec`` bounds how long a burst may put the run off, counted from its first
    call; ``queue`` is where the run is enqueued then. Raises ``DBOSException`` for a method.
    """

    def __init__(
        self,
        workflow_name: Callable[P, R] | str,
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> None:
        self._given = workflow_name
        if not isinstance(workflow_name, str):
            self._workflow()
        else:
            valid_text(workflow_name, "The name of a workflow", longest=1024)
        self._timeout_seconds = _timeout(debounce_timeout_sec)
        self._queue_name = _queue_name(queue) or INTERNAL_QUEUE

    def _workflow(self) -> Declared:
        """The workflow, which a name stands for from its declaration on."""
        given = self._given
        if isinstance(given, str):
            found = live.workflows.get(given)
            if found is None:
                raise DBOSWorkflowFunctionNotFoundError(
                    "new", f"no workflow {given!r} is declared; DebouncerClient needs no code"
                )
            declared, bound = found, ()
        else:
            declared, bound = request.declared_of(given)
        if declared.member is not None or bound:
            raise DBOSException(
                f"Workflow {declared.name} is a method; a debouncer needs a plain function, because"
                " the run may begin in a process that does not have the instance"
            )
        return declared

    @staticmethod
    def create(
        workflow: Callable[Q, S],
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> Debouncer[Q, S]:
        """A debouncer of a workflow. Raises ``DBOSException`` for a method."""
        request.declared_of(workflow)
        return Debouncer(workflow, debounce_timeout_sec=debounce_timeout_sec, queue=queue)

    @staticmethod
    def create_async(
        workflow: Callable[Q, Coroutine[Any, Any, S]],
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> Debouncer[Q, S]:
        """A debouncer of a coroutine workflow."""
        request.declared_of(workflow)
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

        seconds = _period(key, period_seconds)
        declared = self._workflow()
        _check_arguments(declared, args, kwargs)
        frame = operation.in_workflow("Debouncing")
        begun = None
        if frame is not None:
            digest = serialize.digest(declared.name, key, args, kwargs)
            begun = operation.begin(frame, DEBOUNCE, digest)
            if begun.recorded is not None:
                return str(drive.unwrap(operation.replayed(begun)))
        asked = request.make(
            runtime.active(),
            declared,
            args,
            kwargs,
            frame=frame,
            default_id=None if begun is None else f"{begun.execution.workflow_id}-{begun.number}",
            place=QueuePlace(queue_name=self._queue_name),
        )
        row = _put_off(asked.row, key, seconds, self._timeout_seconds)
        if begun is None:
            return str((yield Save(debounces.bounce(row))))
        return (yield from _recorded(begun, row))


class DebouncerClient:
    """Debounces a workflow by its name, from a process that does not run it.

    ``workflow_options`` are those of ``DBOSClient.enqueue``; ``queue`` takes the place of their
    ``queue_name``. A burst is shared with every ``Debouncer`` of the workflow on that queue.
    """

    def __init__(
        self,
        client: DBOSClient,
        workflow_options: EnqueueOptions,
        *,
        debounce_timeout_sec: float | None = None,
        queue: Queue | str | None = None,
    ) -> None:
        self._client = client
        self._options: EnqueueOptions = {**workflow_options}
        self._options["queue_name"] = (
            _queue_name(queue) or workflow_options.get("queue_name") or INTERNAL_QUEUE
        )
        self._timeout_seconds = _timeout(debounce_timeout_sec)

    def debounce(
        self, debounce_key: str, debounce_period_sec: float, *args: Any, **kwargs: Any
    ) -> WorkflowHandle[Any]:
        """Run the workflow once no call came for ``debounce_period_sec``, with the last arguments.

        Raises ``DBOSException`` for options that a debounced workflow cannot have.
        """
        now = self._client._runtime
        protocol = self._bounce(now, debounce_key, debounce_period_sec, args, kwargs)
        return WorkflowHandle(drive.run(protocol, now.system), now)

    async def debounce_async(
        self, debounce_key: str, debounce_period_sec: float, *args: Any, **kwargs: Any
    ) -> WorkflowHandleAsync[Any]:
        """Like ``debounce``, from a coroutine."""
        now = self._client._runtime
        protocol = self._bounce(now, debounce_key, debounce_period_sec, args, kwargs)
        return WorkflowHandleAsync(await drive.run_async(protocol, now.system), now)

    def _bounce(
        self,
        now: Runtime,
        key: str,
        period_seconds: float,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Protocol[str]:
        from dbos.system import debounces

        seconds = _period(key, period_seconds)
        asked, _ = named_request(now, self._options, args, kwargs)
        return str(
            (yield Save(debounces.bounce(_put_off(asked.row, key, seconds, self._timeout_seconds))))
        )


def _timeout(given: float | None) -> float | None:
    if given is None:
        return None
    return valid_seconds(given, "debounce_timeout_sec", positive=True)


def _queue_name(given: Queue | str | None) -> str | None:
    if given is None:
        return None
    return valid_text(given.name if isinstance(given, Queue) else given, "A queue name")


def _period(key: str, seconds: float) -> float:
    valid_text(key, "A debounce key")
    checked = valid_seconds(seconds, "debounce_period_sec")
    return max(0.0, min(checked, LONGEST_PERIOD_SECONDS))


def _put_off(
    row: NewWorkflow, key: str, seconds: float, timeout_seconds: float | None
) -> NewWorkflow:
    """The run as it would be if this were the only call of the burst."""
    if row.deduplication_id or row.queue_partition_key or row.priority:
        raise DBOSException(
            "A debounced workflow has no deduplication id, partition key or priority"
        )
    now = seam.now_ms()
    latest = None if timeout_seconds is None else now + int(timeout_seconds * 1000)
    until = now + int(seconds * 1000)
    return replace(
        row,
        status="DELAYED",
        delay_until_epoch_ms=until if latest is None else min(until, latest),
        deduplication_id=f"{_spelled(row.name)}-{key}",
        is_debounced=1,
        debounce_deadline_epoch_ms=latest,
    )


def _spelled(name: str) -> str:
    """A workflow's name without the hyphen that ends it: each name has keys of its own."""
    return name.replace("%", "%25").replace("-", "%2D")


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
