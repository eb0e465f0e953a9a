"""One durable operation inside a workflow: find its record, or make it.

In: the name of the operation and the digest of its arguments. Out: an ``Operation`` that either
carries the recorded outcome or knows the position to record at. Never performs the operation
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from dbos.error import (
    DBOSException,
    DBOSNonExistentWorkflowError,
    DBOSSerializationError,
    DBOSUnexpectedStepError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)
from dbos.kernel import context, seam
from dbos.kernel.drive import Load, Outcome, Protocol, Raised, Returned, Save, Wait, unwrap
from dbos.kernel.execution import Execution
from dbos.kernel.record import StepRecord
from dbos.values import serialize

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from dbos.kernel.context import Frame
    from dbos.kernel.wakes import Subscription

T = TypeVar("T")
SAFETY_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation at its place in a workflow."""

    frame: Frame
    name: str
    position: str
    number: int
    digest: str | None
    started_at: int
    recorded: StepRecord | None

    @property
    def execution(self) -> Execution:
        """The execution it belongs to."""
        return self.frame.execution


def in_workflow(name: str) -> Frame | None:
    """The frame of the calling workflow; None in plain code.

    Raises ``DBOSException`` inside a step, where durable operations have no place.
    """
    frame = context.frame.get()
    if frame is not None and frame.step is not None:
        raise DBOSException(
            f"{name} was called inside a step; a step is recorded as a whole, so call it from the"
            " workflow instead"
        )
    return frame


def recording() -> Frame | None:
    """The frame of the calling workflow when it is to record a call.

    None in plain code, and inside a step: the record of the step holds what it saw and did.
    """
    frame = context.frame.get()
    return None if frame is None or frame.step is not None else frame


def part_of_step() -> Frame | None:
    """The frame when the caller is inside a step, for what a step may do as a part of itself."""
    frame = context.frame.get()
    return frame if frame is not None and frame.step is not None else None


def require_workflow(name: str) -> Frame:
    """Like ``in_workflow``, but raises ``DBOSException`` in plain code, too."""
    frame = in_workflow(name)
    if frame is None:
        raise DBOSException(f"{name} works only inside a workflow; call it from one")
    return frame


def begin(
    frame: Frame, name: str, digest: str | None = None, *, with_timeout: bool = False
) -> Operation:
    """Take the next position for an operation and look up its record.

    An operation ``with_timeout`` takes two numbers: its own and that of its timeout.
    Raises ``DBOSUnexpectedStepError`` when another operation is recorded there, and unwinds the
    workflow when it was cancelled.
    """
    execution = frame.execution
    execution.check()
    position = execution.lane_of_caller(frame.lane).next()
    recorded = execution.history.get(position)
    execution.asked(name, position, recorded)
    if recorded is not None:
        _compare(execution, recorded, name, digest)
        number = recorded.function_id
        if with_timeout:
            execution.keep(number + 1)
    else:
        number = execution.number(2 if with_timeout else 1)
    return Operation(frame, name, position, number, digest, seam.now_ms(), recorded)


def timeout_of(begun: Operation) -> Operation:
    """The operation that records until when ``begun`` waits; it has the next number."""
    position = f"{begun.position}t"
    recorded = begun.execution.history.get(position)
    return replace(
        begun,
        name="DBOS.sleep",
        position=position,
        number=begun.number + 1,
        digest=None,
        recorded=recorded,
    )


def _compare(execution: Execution, recorded: StepRecord, name: str, digest: str | None) -> None:
    known = recorded.input_digest
    same_arguments = digest is None or known is None or digest == known
    if recorded.function_name == name and same_arguments:
        return
    if recorded.function_name == name:
        expected, found = f"{name} with other arguments", f"{name} with its former arguments"
    else:
        expected, found = name, recorded.function_name
    execution.blocked = DBOSUnexpectedStepError(
        execution.workflow_id, recorded.function_id, expected, found
    )
    raise execution.blocked


def replayed(operation: Operation) -> Outcome:
    """The recorded outcome of an operation.

    One that cannot be read here blocks the workflow: its body would take the error for the outcome
    of the operation, and go another way than it went.
    """
    record = operation.recorded
    assert record is not None
    execution = operation.execution
    try:
        if record.error is None:
            return Returned(execution.decode(record.output, record.serialization))
        error = execution.decode(record.error, record.serialization)
    except DBOSSerializationError as refused:
        execution.blocked = DBOSException(
            f"Workflow {execution.workflow_id} cannot go on: what is on record of its operation"
            f" {record.function_id}, {record.function_name}, cannot be read here ({refused})."
            " Give this process the class or the serializer that it was written with, then: dbos"
            f" workflow resume {execution.workflow_id}"
        )
        raise execution.blocked from refused
    if isinstance(error, Exception):
        return Raised(error)
    return Raised(DBOSException(f"{record.function_name} failed: {error!r}"))


def record_of(
    operation: Operation,
    *,
    output: serialize.Encoded | None = None,
    error: serialize.Encoded | None = None,
    child_workflow_id: str | None = None,
) -> StepRecord:
    """The record of an operation that has just been completed."""
    stored = output or error
    return StepRecord(
        function_id=operation.number,
        function_name=operation.name,
        position=operation.position,
        output=None if output is None else output.text,
        error=None if error is None else error.text,
        serialization=serialize.JSON if stored is None else stored.serialization,
        child_workflow_id=child_workflow_id,
        started_at=operation.started_at,
        completed_at=seam.now_ms(),
        input_digest=operation.digest,
    )


def encoded(
    frame: Frame, outcome: Outcome, what: str, *, of_workflow: bool = False
) -> tuple[dict[str, Any], Outcome]:
    """An outcome as payloads for ``record_of``, and the outcome that replay will see.

    Only the outcome of a portable workflow as a whole is portable: its steps are its own business.
    """
    writing = frame.execution.runtime.settings.writing
    is_portable = of_workflow and frame.execution.is_portable
    if isinstance(outcome, Raised):
        stored, error = writing.encode_error(outcome.error, is_portable=is_portable)
        seen = error if isinstance(error, Exception) else outcome.error
        return {"error": stored}, Raised(seen)
    stored = writing.encode(outcome.value, what=what, portable_default=is_portable)
    return {"output": stored}, Returned(serialize.settled(outcome.value, stored))


def save(operation: Operation, record: StepRecord) -> Protocol[StepRecord]:
    """Record an operation; answers the record that counts.

    That is another one when this operation was recorded before by the same execution, as happens
    when the answer to a commit was lost.
    """
    from dbos.system import steps

    execution = operation.execution
    status = yield Save(steps.record(execution.workflow_id, execution.owner, record))
    return (yield from settle(operation, record, status))


def settle(operation: Operation, record: StepRecord, status: str | None) -> Protocol[StepRecord]:
    """Judge what the database answered to a record."""
    execution = operation.execution
    if status == "PENDING":
        return record
    if status == "CANCELLED":
        execution.cancel()
        return record
    from dbos.system import histories, workflows

    spoken = execution.runtime.system.language
    ending = yield Load(workflows.read_ending(execution.workflow_id))
    if ending is not None and ending.owner == execution.owner:
        found = yield Load(histories.read_histories(spoken, [execution.workflow_id]))
        for known in found[execution.workflow_id]:
            if known.position == record.position:
                adopted: StepRecord = known
                return adopted
        if ending.status == "CANCELLED":
            execution.cancel()
            return record
    raise DBOSWorkflowConflictIDError(execution.workflow_id)


def complete(operation: Operation, outcome: Outcome, what: str) -> Protocol[Outcome]:
    """Record the outcome of an operation and answer the outcome that replay will see."""
    payloads, seen = encoded(operation.frame, outcome, what)
    record = record_of(operation, **payloads)
    counted = yield from save(operation, record)
    return seen if counted is record else replayed(replace(operation, recorded=counted))


def recorded(name: str, arguments: tuple[Any, ...], make: Callable[[], Protocol[T]]) -> Protocol[T]:
    """Perform ``make()``; in the flow of a workflow, record what it answers.

    That a workflow does not exist is an answer as well: replay raises it again.
    """
    frame = recording()
    if frame is None:
        return (yield from make())
    begun = begin(frame, name, serialize.digest(*arguments))
    if begun.recorded is not None:
        known: T = unwrap(replayed(begun))
        return known
    outcome: Outcome
    try:
        outcome = Returned((yield from make()))
    except DBOSNonExistentWorkflowError as error:
        outcome = Raised(error)
    settled: T = unwrap((yield from complete(begun, outcome, name)))
    return settled


def pause(
    execution: Execution | None,
    subscription: Subscription,
    deadline: float | None,
    needs: Callable[[AbstractEventLoop], bool] | None = None,
) -> Protocol[bool]:
    """Wait for a wake or a deadline, and unwind when the waiting workflow was cancelled.

    A notification that was lost is made good by ``sweep``, for all waiters in one question; that
    one wakes anyway after ``SAFETY_SECONDS`` is the last resort.
    """
    from dbos.system import workflows

    safety = seam.monotonic() + SAFETY_SECONDS
    until = safety if deadline is None else min(deadline, safety)
    woken = yield Wait(subscription, until, needs)
    if execution is not None:
        execution.check()
        if woken or until == safety:
            ending = yield Load(workflows.read_ending(execution.workflow_id))
            if ending is None or ending.owner != execution.owner:
                raise DBOSWorkflowConflictIDError(execution.workflow_id)
            if ending.status == "CANCELLED":
                execution.cancel()
                raise DBOSWorkflowCancelledError(execution.workflow_id)
    return bool(woken)
