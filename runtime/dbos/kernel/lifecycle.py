"""The life of one execution: run the body, record how it ended, and wait for the end of others.

In: a claimed workflow. Out: its ``Outcome``. Never records an end for a workflow that this
execution no longer owns, and never turns a nondeterminism or a shutdown into a recorded error:
those leave the workflow to be recovered.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dbos import validation
from dbos.error import (
    DBOSAwaitedWorkflowCancelledError,
    DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded,
    DBOSBaseException,
    DBOSException,
    DBOSNonExistentWorkflowError,
    DBOSSerializationError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)
from dbos.kernel import alerts, operation, seam, tracing
from dbos.kernel.context import Frame
from dbos.kernel.drive import Call, Load, Outcome, Protocol, Raised, Returned, Save, error_of
from dbos.kernel.execution import Execution
from dbos.log import logger
from dbos.registry import Declared
from dbos.values import portable, serialize

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.kernel.timers import Timer
    from dbos.system.statement import Write
    from dbos.system.steps import StepRecord
    from dbos.system.workflows import Claimed, Ending, NewWorkflow


def fresh(runtime: Runtime, row: NewWorkflow) -> Execution:
    """The execution of a workflow that was inserted just now: its history is empty."""
    assert row.owner_xid is not None
    begun = Execution(
        runtime=runtime,
        workflow_id=row.workflow_uuid,
        owner=row.owner_xid,
        name=row.name,
        history=[],
        deadline_ms=row.workflow_deadline_epoch_ms,
        user=row.authenticated_user,
        roles=tuple(json.loads(row.authenticated_roles)) if row.authenticated_roles else (),
        assumed_role=row.assumed_role,
        is_portable=row.serialization == portable.NAME,
    )
    begun.trace_parent = tracing.caller()
    return begun


def resumed(runtime: Runtime, claimed: Claimed, history: list[StepRecord]) -> Execution:
    """The execution of a workflow that was claimed from the database."""
    return Execution(
        runtime=runtime,
        workflow_id=claimed.workflow_id,
        owner=claimed.owner,
        name=claimed.name,
        history=history,
        is_recovered=claimed.executions > 1,
        deadline_ms=claimed.deadline_ms,
        queue_name=claimed.queue_name,
        user=claimed.authenticated_user,
        roles=tuple(json.loads(claimed.authenticated_roles)) if claimed.authenticated_roles else (),
        assumed_role=claimed.assumed_role,
        is_portable=claimed.serialization == portable.NAME,
    )


def perform(
    execution: Execution, declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Protocol[Outcome]:
    """Run the body of a workflow and record its end; answers how it ended, here or elsewhere.

    In the background nobody asks for the answer, so there it does not wait for another process.
    """
    try:
        return (yield from _live(execution, declared, args, kwargs))
    except DBOSWorkflowCancelledError:
        return Raised(DBOSAwaitedWorkflowCancelledError(execution.workflow_id))
    except DBOSWorkflowConflictIDError as lost:
        # It is left already: should its new owner die, this process may take it over again.
        if execution.in_background:
            logger.info("%s", lost)
            return Raised(DBOSException(str(lost)))
        return (yield from await_outcome(execution.runtime, execution.workflow_id))


def _live(
    execution: Execution, declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Protocol[Outcome]:
    """Run the body and record its end, as one of the executions of this process."""
    runtime = execution.runtime
    runtime.enter(execution)
    timer: Timer | None = None
    try:
        timer = yield from _meet_deadline(execution)
        frame = Frame(execution, execution.root)
        with tracing.span(declared.name, "workflow", execution) as execution.span:
            body = validation.checked_body(declared)
            try:
                outcome: Outcome = yield Call(body, args, kwargs, frame)
            finally:
                execution.is_over = True
            tracing.ended(execution.span, error_of(outcome))
        if execution.blocked is not None:
            return (yield from _block(execution, execution.blocked))
        return (yield from _finish(execution, outcome))
    except DBOSBaseException:
        raise
    except BaseException as error:
        _leave_behind(execution, error)
        raise
    finally:
        if timer is not None:
            runtime.timers.cancel(timer)
        runtime.leave(execution)


def _leave_behind(execution: Execution, error: BaseException) -> None:
    """Nobody goes on with the body: its caller was interrupted, its task was cancelled.

    That is no end of the workflow, which goes on with the next heartbeat. One that does this each
    time is parked after its ``max_recovery_attempts``.
    """
    runtime = execution.runtime
    if runtime.stopping or runtime.inherited:
        return
    runtime.leave_behind(execution.workflow_id, execution.owner)
    logger.warning(
        "Workflow %r (%r) was left before its end (%s); it goes on in the background",
        execution.workflow_id,
        execution.name,
        type(error).__name__,
    )


def _block(execution: Execution, error: DBOSException) -> Protocol[Outcome]:
    """Leave a workflow to be recovered by code that fits, and note the difference."""
    yield Save(_blocking(execution.workflow_id, execution.owner, error))
    _tell_blocked(execution.workflow_id, execution.name, error)
    return Raised(error)


def block(
    runtime: Runtime, workflow_id: str, *, owner: str, name: str, error: DBOSException
) -> None:
    """Note why a workflow that was claimed cannot go on, before any of it has run."""
    runtime.system.save(_blocking(workflow_id, owner, error))
    _tell_blocked(workflow_id, name, error)


def _blocking(workflow_id: str, owner: str, error: DBOSException) -> Write[int]:
    from dbos.system import aside

    stored, _ = serialize.encode_error(error)
    return aside.block(
        workflow_id, owner=owner, error=stored.text, serialization=stored.serialization
    )


def _tell_blocked(workflow_id: str, name: str, error: DBOSException) -> None:
    logger.error("%s", error)
    alerts.tell(alerts.BLOCKED, str(error), workflow_id=workflow_id, workflow=name)


def _meet_deadline(execution: Execution) -> Protocol[Timer | None]:
    """Cancel the workflow when its deadline comes, or now when it has passed already.

    Answers the timer that waits for the deadline.
    """
    from dbos.system import workflows

    deadline = execution.deadline_ms
    if deadline is None:
        return None
    runtime, workflow_id = execution.runtime, execution.workflow_id
    now = seam.now_ms()
    if deadline <= now:
        yield Save(workflows.cancel_late(workflow_id, now))
        raise DBOSWorkflowCancelledError(workflow_id)

    def expire() -> None:
        if runtime.executions.get(workflow_id) is not execution:
            return
        if runtime.system.save(workflows.cancel_late(workflow_id, seam.now_ms())):
            runtime.interrupt(workflow_id)

    return runtime.timers.at(deadline, expire)


def _finish(execution: Execution, outcome: Outcome) -> Protocol[Outcome]:
    from dbos.system import workflows

    frame = Frame(execution, execution.root)
    try:
        payloads, seen = operation.encoded(frame, outcome, "result", of_workflow=True)
    except DBOSSerializationError as refused:
        payloads, seen = operation.encoded(frame, Raised(refused), "result", of_workflow=True)
    stored = payloads.get("output") or payloads["error"]
    count = yield Save(
        workflows.finish(
            execution.workflow_id,
            owner=execution.owner,
            status="ERROR" if "error" in payloads else "SUCCESS",
            output=None if "error" in payloads else stored.text,
            error=stored.text if "error" in payloads else None,
            serialization=stored.serialization,
            queue_name=execution.queue_name if execution.holds_place else None,
            unhurried=_is_unhurried(execution),
        )
    )
    if count:
        return seen
    ending = yield Load(workflows.read_ending(execution.workflow_id))
    if ending is not None and ending.owner == execution.owner:
        if ending.status in ("SUCCESS", "ERROR"):  # the answer to the first commit was lost
            return seen
        if ending.status == "CANCELLED":
            raise DBOSWorkflowCancelledError(execution.workflow_id)
    raise DBOSWorkflowConflictIDError(execution.workflow_id)


def _is_unhurried(execution: Execution) -> bool:
    """Whether nobody in this process waits for the end: no caller, no queue and no other thread."""
    runtime = execution.runtime
    return (
        execution.in_background
        and not execution.holds_place
        and not runtime.stopping
        and runtime.settings.max_executor_threads is None
        and not runtime.system.wakes.is_waited_for(("workflow", execution.workflow_id))
    )


def await_outcome(
    runtime: Runtime,
    workflow_id: str,
    *,
    waiting: Execution | None = None,
    deadline: float | None = None,
    to_come: bool = False,
) -> Protocol[Outcome]:
    """Wait until a workflow has ended and answer how; ``waiting`` is the workflow that asks.

    A workflow ``to_come`` need not exist yet.
    Raises ``DBOSNonExistentWorkflowError`` for an unknown id and ``TimeoutError`` at the deadline.
    """
    from dbos.system import workflows

    keys = [("workflow", workflow_id)]
    if waiting is not None:
        keys.append(("workflow", waiting.workflow_id))
    with runtime.system.wakes.subscribe(*keys) as subscription:
        while True:
            ending = yield Load(workflows.read_ending(workflow_id))
            if ending is None and not to_come:
                raise DBOSNonExistentWorkflowError(workflow_id)
            outcome = None if ending is None else ended(workflow_id, ending)
            if outcome is not None:
                return outcome
            to_come = to_come and ending is None
            if deadline is not None and seam.monotonic() >= deadline:
                raise TimeoutError(f"Workflow {workflow_id!r} did not end in time")
            if waiting is None and runtime.stopping:
                raise DBOSException(f"DBOS was destroyed while waiting for {workflow_id!r}")
            runtime.system.hurry()
            yield from operation.pause(
                waiting, subscription, deadline, lambda loop: runtime.runs_on(loop, [workflow_id])
            )


def ended(workflow_id: str, ending: Ending) -> Outcome | None:
    """The outcome of a workflow that has ended; None while it has not."""
    if ending.is_blocked():
        return _recorded_error(workflow_id, ending)
    match ending.status:
        case "SUCCESS":
            return Returned(serialize.decode(ending.output, ending.serialization))
        case "ERROR":
            return _recorded_error(workflow_id, ending)
        case "CANCELLED":
            return Raised(DBOSAwaitedWorkflowCancelledError(workflow_id))
        case "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
            return Raised(DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded(workflow_id))
        case _:
            return None


def _recorded_error(workflow_id: str, ending: Ending) -> Outcome:
    error = serialize.decode_error(ending.error, ending.serialization)
    if isinstance(error, Exception):
        return Raised(error)
    return Raised(DBOSException(f"Workflow {workflow_id!r} failed: {error!r}"))
