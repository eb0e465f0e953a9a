"""Handles: a workflow seen from outside, by its id.

In: a workflow id. Out: its result and status, to threads and to coroutines. Never runs the
workflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dbos.kernel import drive, lifecycle, operation, runtime, seam
from dbos.kernel.drive import Load, Outcome, Protocol, Returned
from dbos.status import WorkflowStatus, read_status
from dbos.values import serialize

if TYPE_CHECKING:
    from dbos.kernel.context import Frame
    from dbos.kernel.runtime import Runtime

R = TypeVar("R")
GET_RESULT = "DBOS.getResult"
GET_STATUS = "DBOS.getStatus"


def result_of(
    frame: Frame | None, workflow_id: str, produce: Protocol[Outcome]
) -> Protocol[Outcome]:
    """The outcome of a workflow; recorded when a workflow asks, so that replay sees the same."""
    if frame is None:
        return (yield from produce)
    begun = operation.begin(frame, GET_RESULT)
    if begun.recorded is not None:
        produce.close()
        return operation.replayed(begun)
    outcome = yield from produce
    payloads, seen = operation.encoded(frame, outcome, "result")
    record = operation.record_of(begun, child_workflow_id=workflow_id, **payloads)
    yield from operation.save(begun, record)
    return seen


def await_result(
    now: Runtime, workflow_id: str, timeout: float | None, *, to_come: bool = False
) -> Protocol[Outcome]:
    """Wait for a workflow, recorded when a workflow asks; ``timeout`` in seconds."""
    frame = operation.recording()
    deadline = None if timeout is None else seam.monotonic() + timeout
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


def _wait_first(workflow_ids: tuple[str, ...]) -> Protocol[str]:
    """The id of the workflow of these that ends first; recorded when a workflow asks."""
    from dbos.system import workflows

    now = runtime.active()
    frame = operation.recording()
    begun = None
    if frame is not None:
        begun = operation.begin(frame, "DBOS.waitFirst", serialize.digest(*workflow_ids))
        if begun.recorded is not None:
            return str(drive.unwrap(operation.replayed(begun)))
    keys = [("workflow", id) for id in workflow_ids]
    if frame is not None:
        keys.append(("workflow", frame.execution.workflow_id))
    first: str | None = None
    with now.system.wakes.subscribe(*keys) as subscription:
        while first is None:
            for id in workflow_ids:
                ending = yield Load(workflows.read_ending(id))
                if ending is not None and lifecycle.ended(id, ending) is not None:
                    first = id
                    break
            else:
                waiting = None if frame is None else frame.execution
                yield from operation.pause(waiting, subscription, None)
    if begun is not None:
        yield from operation.complete(begun, Returned(first), "first workflow")
    return first


def wait_first(
    handles: Sequence[WorkflowHandle[Any]], *, polling_interval_sec: float = 1.0
) -> WorkflowHandle[Any]:
    """The handle whose workflow ends first. Raises ``ValueError`` for an empty list."""
    if not handles:
        raise ValueError("wait_first needs at least one handle; the list is empty")
    ids = tuple(handle.workflow_id for handle in handles)
    first = drive.run(_wait_first(ids), runtime.active().system)
    return handles[ids.index(first)]


async def wait_first_async(
    handles: Sequence[WorkflowHandleAsync[Any]], *, polling_interval_sec: float = 1.0
) -> WorkflowHandleAsync[Any]:
    """Like ``wait_first``, from a coroutine."""
    if not handles:
        raise ValueError("wait_first needs at least one handle; the list is empty")
    ids = tuple(handle.workflow_id for handle in handles)
    first = await drive.run_async(_wait_first(ids), runtime.active().system)
    return handles[ids.index(first)]
