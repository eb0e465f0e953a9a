"""Handles: a workflow seen from outside, by its id.

In: a workflow id. Out: its result and status, to threads and to coroutines. Never runs the
workflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.kernel import drive, lifecycle, operation, runtime, seam
from dbos.kernel.drive import Load, Outcome, Protocol, Raised, Returned
from dbos.status import WorkflowStatus, read_status
from dbos.validity import valid_seconds
from dbos.values import serialize

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from dbos.kernel.context import Frame
    from dbos.kernel.execution import Execution
    from dbos.kernel.runtime import Runtime

R = TypeVar("R")
GET_RESULT = "DBOS.getResult"
GET_STATUS = "DBOS.getStatus"


def result_of(
    frame: Frame | None, workflow_id: str, produce: Protocol[Outcome]
) -> Protocol[Outcome]:
    """The outcome of a workflow; recorded when a workflow asks, so that replay sees the same.

    That it did not come in time, or that there is no such workflow, is recorded as well.
    """
    if frame is None:
        return (yield from produce)
    begun = operation.begin(frame, GET_RESULT)
    if begun.recorded is not None:
        produce.close()
        return operation.replayed(begun)
    try:
        outcome = yield from produce
    except (TimeoutError, DBOSNonExistentWorkflowError) as error:
        outcome = Raised(error)
    payloads, seen = operation.encoded(frame, outcome, "result")
    record = operation.record_of(begun, child_workflow_id=workflow_id, **payloads)
    yield from operation.save(begun, record)
    return seen


def await_result(
    now: Runtime, workflow_id: str, timeout: float | None, *, to_come: bool = False
) -> Protocol[Outcome]:
    """Wait for a workflow, recorded when a workflow asks; ``timeout`` in seconds."""
    deadline = None
    if timeout is not None:
        deadline = seam.monotonic() + max(0.0, valid_seconds(timeout, "timeout_seconds"))
    frame = operation.recording()
    waiting = None if frame is None else frame.execution
    produce = lifecycle.await_outcome(
        now, workflow_id, waiting=waiting, deadline=deadline, to_come=to_come
    )
    return (yield from result_of(frame, workflow_id, produce))


def recorded_status(now: Runtime, workflow_id: str) -> Protocol[WorkflowStatus]:
    """The status of a workflow that exists; recorded, so that a workflow may decide by it.

    Raises ``DBOSNonExistentWorkflowError``, on replay as well.
    """
    return (
        yield from operation.recorded(
            GET_STATUS, (workflow_id,), lambda: read_status(now, workflow_id)
        )
    )


class WorkflowHandle(Generic[R]):
    """A workflow that was started, enqueued or looked up."""

    __slots__ = ("_runtime", "_to_come", "workflow_id")

    def __init__(self, workflow_id: str, now: Runtime, *, to_come: bool = False) -> None:
        self.workflow_id = workflow_id
        self._runtime = now
        self._to_come = to_come

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.workflow_id!r})"

    def get_workflow_id(self) -> str:
        """The id of the workflow."""
        return self.workflow_id

    def get_result(
        self, *, polling_interval_sec: float = 1.0, timeout_seconds: float | None = None
    ) -> R:
        """Wait for the workflow and return its result or raise its error.

        ``polling_interval_sec`` is accepted and not needed: the end wakes who waits.
        """
        protocol = await_result(
            self._runtime, self.workflow_id, timeout_seconds, to_come=self._to_come
        )
        result: R = drive.unwrap(drive.run(protocol, self._runtime.system))
        return result

    def get_status(self) -> WorkflowStatus:
        """The workflow's row as it is now; recorded when a workflow asks."""
        return drive.run(recorded_status(self._runtime, self.workflow_id), self._runtime.system)


class WorkflowHandleAsync(Generic[R]):
    """The same for coroutines."""

    __slots__ = ("_runtime", "_to_come", "workflow_id")

    def __init__(self, workflow_id: str, now: Runtime, *, to_come: bool = False) -> None:
        self.workflow_id = workflow_id
        self._runtime = now
        self._to_come = to_come

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.workflow_id!r})"

    def get_workflow_id(self) -> str:
        """The id of the workflow."""
        return self.workflow_id

    async def get_result(
        self, *, polling_interval_sec: float = 1.0, timeout_seconds: float | None = None
    ) -> R:
        """Wait for the workflow, holding no thread, and return its result or raise its error."""
        protocol = await_result(
            self._runtime, self.workflow_id, timeout_seconds, to_come=self._to_come
        )
        outcome: Any = await drive.run_async(protocol, self._runtime.system)
        result: R = drive.unwrap(outcome)
        return result

    async def get_status(self) -> WorkflowStatus:
        """The workflow's row as it is now; recorded when a workflow asks."""
        protocol = recorded_status(self._runtime, self.workflow_id)
        return await drive.run_async(protocol, self._runtime.system)


Handles = Sequence[WorkflowHandle[R]] | Sequence[WorkflowHandleAsync[R]]


def _wait_first(handles: Handles[Any]) -> Protocol[str]:
    """The id of the workflow of these that ends first; recorded when a workflow asks.

    Raises ``ValueError`` for no handles at all.
    """
    if not handles:
        raise ValueError("wait_first needs at least one handle; the list is empty")
    now = runtime.active()
    frame = operation.recording()
    if frame is None:
        return str(drive.unwrap((yield from _first_ended(now, handles, None))))
    begun = operation.begin(
        frame, "DBOS.waitFirst", serialize.digest(*(one.workflow_id for one in handles))
    )
    if begun.recorded is not None:
        return str(drive.unwrap(operation.replayed(begun)))
    outcome = yield from _first_ended(now, handles, frame.execution)
    return str(drive.unwrap((yield from operation.complete(begun, outcome, "first workflow"))))


def _first_ended(
    now: Runtime, handles: Handles[Any], waiting: Execution | None
) -> Protocol[Outcome]:
    """Wait for the first end; ``DBOSNonExistentWorkflowError`` when there is one less to wait for.

    A workflow that a handle says is to come need not exist yet.
    """
    from dbos.system import workflows

    ids = [one.workflow_id for one in handles]

    def needs(loop: AbstractEventLoop) -> bool:
        return now.runs_on(loop, ids)

    keys = [("workflow", id) for id in ids]
    if waiting is not None:
        keys.append(("workflow", waiting.workflow_id))
    to_come = {one.workflow_id for one in handles if one._to_come}
    with now.system.wakes.subscribe(*keys) as subscription:
        while True:
            for id in ids:
                ending = yield Load(workflows.read_ending(id))
                if ending is not None and lifecycle.ended(id, ending) is not None:
                    return Returned(id)
                if ending is None and id not in to_come:
                    return Raised(DBOSNonExistentWorkflowError(id))
            if waiting is None and now.stopping:
                raise DBOSException("DBOS was destroyed while waiting for the first workflow")
            now.system.hurry()
            yield from operation.pause(waiting, subscription, None, needs)


def wait_first(
    handles: Sequence[WorkflowHandle[Any]], *, polling_interval_sec: float = 1.0
) -> WorkflowHandle[Any]:
    """The handle whose workflow ends first. Raises ``ValueError`` for an empty list.

    Raises ``DBOSNonExistentWorkflowError`` when one of them does not exist or was deleted.
    """
    first = drive.run(_wait_first(handles), runtime.active().system)
    return next(one for one in handles if one.workflow_id == first)


async def wait_first_async(
    handles: Sequence[WorkflowHandleAsync[Any]], *, polling_interval_sec: float = 1.0
) -> WorkflowHandleAsync[Any]:
    """Like ``wait_first``, from a coroutine."""
    first = await drive.run_async(_wait_first(handles), runtime.active().system)
    return next(one for one in handles if one.workflow_id == first)
