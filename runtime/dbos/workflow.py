"""Workflows: the decorator, the direct call, and starting one in the background.

In: functions and calls of them. Out: the ``workflow`` decorator, ``start_workflow`` and its async
twin. Never runs a body before its row is committed: once a call has begun or a handle exists, the
workflow runs to completion.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Coroutine, Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dbos import validation
from dbos.error import (
    DBOSConflictingWorkflowError,
    DBOSException,
    DBOSQueueDeduplicatedError,
    DBOSWorkflowIDInUseError,
)
from dbos.handle import WorkflowHandle, WorkflowHandleAsync, result_of
from dbos.kernel import context, drive, lifecycle, operation, request, runtime
from dbos.kernel.drive import Load, Outcome, Proceed, Protocol, Save
from dbos.kernel.request import Request
from dbos.log import logger
from dbos.registry import Declared, declare, live
from dbos.step import mark_coroutine_function
from dbos.validation import Validate
from dbos.values import serialize
from dbos.values.formats import WorkflowSerializationFormat, asked_format

if TYPE_CHECKING:
    from dbos.kernel.context import Frame
    from dbos.kernel.execution import Execution
    from dbos.kernel.runtime import Runtime
    from dbos.system.workflows import Ending, NewWorkflow

P = ParamSpec("P")
R = TypeVar("R")
DEFAULT_MAX_RECOVERY_ATTEMPTS = 100


def workflow(
    *,
    name: str | None = None,
    max_recovery_attempts: int | None = DEFAULT_MAX_RECOVERY_ATTEMPTS,
    serialization_type: WorkflowSerializationFormat | None = None,
    validate_args: Validate | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a workflow, registered as ``name`` or by its qualified name.

    After ``max_recovery_attempts`` recoveries (None: no limit) a workflow that keeps taking its
    process down is parked instead of started again. With ``serialization_type`` PORTABLE its
    arguments, its result and what it publishes are plain JSON. ``validate_args`` takes and returns
    ``(args, kwargs)`` and is called before the body runs, each time.
    """
    if max_recovery_attempts is not None and (
        type(max_recovery_attempts) is not int or max_recovery_attempts < 0
    ):
        raise DBOSException(f"max_recovery_attempts must be 0 or more: {max_recovery_attempts!r}")

    form = asked_format(serialization_type)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        declared = declare(
            live.workflows,
            function,
            name=name,
            max_recovery_attempts=max_recovery_attempts,
            serialization_type=form,
            validate=validation.validator(function, validate_args),
        )
        call: Callable[..., Any] = _call_async if declared.is_async else _call

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            result: R = call(declared, args, kwargs)
            return result

        if declared.is_async:
            mark_coroutine_function(wrapper)
        wrapper.__dbos_workflow__ = declared  # type: ignore[attr-defined]
        _name_again(function, declared)
        return wrapper

    return decorate


def _name_again(function: Callable[..., Any], declared: Declared) -> None:
    """Let a function that ``DBOS.workflow()(function)`` was only said of be started by its name.

    Calling it stays what it is: a plain call.
    """
    if isinstance(function, FunctionType) and not hasattr(function, "__dbos_step__"):
        function.__dict__.setdefault("__dbos_workflow__", declared)


def _call(declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    now = runtime.active()
    return drive.unwrap(drive.run(_invoke(now, declared, args, kwargs), now.system))


def _call_async(
    declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Coroutine[Any, Any, Any]:
    now = runtime.active()
    begun = drive.Begun(_invoke(now, declared, args, kwargs))

    async def finish() -> Any:
        return drive.unwrap(await begun.finish(now.system))

    return finish()


def _invoke(
    now: Runtime, declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Protocol[Outcome]:
    """A direct call: start the workflow and run it here."""
    frame = operation.in_workflow(f"Workflow {declared.name}")
    if frame is not None:
        workflow_id, asked = yield from _start_child(now, frame, declared, args, kwargs)
        yield Proceed()
    else:
        asked = request.make(now, declared, args, kwargs, frame=None)
        workflow_id = asked.row.workflow_uuid
        if not (yield from insert_new(asked)):
            asked = None
    if asked is None:
        waiting = None if frame is None else frame.execution
        produce = lifecycle.await_outcome(now, workflow_id, waiting=waiting)
    else:
        execution = lifecycle.fresh(now, asked.row)
        produce = lifecycle.perform(execution, declared, asked.args, asked.kwargs)
    if frame is None:
        return (yield from produce)
    return (yield from result_of(frame, workflow_id, produce))


def insert_new(asked: Request) -> Protocol[bool]:
    """Commit the row of a new workflow; False when the id already stands for the same workflow."""
    from dbos.system import workflows

    with _runs_if_written(asked.row):
        if (yield Save(workflows.insert(asked.row))):
            return True
        return (yield from is_mine(asked))


@contextlib.contextmanager
def _runs_if_written(row: NewWorkflow) -> Iterator[None]:
    """Write the row of a workflow that this process then runs, as it must once there is one.

    Who is interrupted in between cannot know whether it was written: then recovery sees to it.
    """
    try:
        yield
    except Exception:
        raise
    except BaseException:
        if row.owner_xid is not None:
            runtime.active().leave_behind(row.workflow_uuid, row.owner_xid)
        raise


def is_mine(asked: Request) -> Protocol[bool]:
    """Judge a row that was there before: mine (an answer was lost), the same workflow, a clash."""
    from dbos.system import workflows

    row = asked.row
    ending = yield Load(workflows.read_ending(row.workflow_uuid))
    if ending is None:
        raise DBOSException(f"Workflow {row.workflow_uuid!r} was deleted while it was started")
    if row.owner_xid is not None and ending.owner == row.owner_xid:
        return True
    clash = _clash(asked, ending)
    if clash is not None:
        raise clash
    return False


def _clash(asked: Request, ending: Ending) -> DBOSException | None:
    """Why a workflow cannot have the id of one that is there; None when it is the same one."""
    row = asked.row
    if row.owner_xid is not None and ending.owner == row.owner_xid:
        return None
    mine = (row.name, row.class_name, row.config_name)
    known = (ending.name, ending.class_name, ending.config_name)
    if mine != known:
        return DBOSConflictingWorkflowError(
            row.workflow_uuid, f"by {spell(known)}, so {spell(mine)} cannot have it"
        )
    return DBOSWorkflowIDInUseError(row.workflow_uuid) if asked.reuse == "reject" else None


def spell(identity: tuple[str, str | None, str | None]) -> str:
    """A workflow's name, class and instance for a message."""
    name, class_name, config_name = identity
    return name if class_name is None else f"{name} of {class_name} {config_name or ''}".rstrip()


def _start_child(
    now: Runtime,
    frame: Frame,
    declared: Declared,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    place: request.QueuePlace | None = None,
) -> Protocol[tuple[str, Request | None]]:
    """Start a workflow from a workflow; its id derives from the parent's, so replay finds it.

    Answers the child's id, and the request when the child is to be run by the caller.
    """
    from dbos.system import children

    seen = args[1:] if declared.member else args
    begun = operation.begin(frame, declared.name, serialize.digest(seen, kwargs))
    if begun.recorded is not None:
        context.take_assigned_id()
        child = begun.recorded.child_workflow_id
        if child is None:
            drive.unwrap(operation.replayed(begun))
        return str(child), None
    execution = begun.execution
    default_id = f"{execution.workflow_id}-{begun.number}"
    asked = request.make(
        now, declared, args, kwargs, frame=frame, default_id=default_id, place=place
    )
    child_id = asked.row.workflow_uuid
    record = operation.record_of(begun, child_workflow_id=child_id)
    row, parent_id, owner = asked.row, execution.workflow_id, execution.owner
    with _runs_if_written(row):
        status = yield Save(children.start(row, parent_id, owner, record))
        created = status is not None
        if not created:
            yield from _refuse_child(begun, asked)
            started = yield Save(children.start_or_find(row, parent_id, owner, record))
            if started is None:
                return (yield from _deduplicated_child(begun, asked)), None
            created, status = started
        yield from operation.settle(begun, record, status)
        mine = created or (yield from is_mine(asked))
    return asked.row.workflow_uuid, asked if mine and place is None else None


def _refuse_child(begun: operation.Operation, asked: Request) -> Protocol[None]:
    """Record and raise the error when the id of a child stands for another workflow."""
    from dbos.system import workflows

    ending = yield Load(workflows.read_ending(asked.row.workflow_uuid))
    clash = None if ending is None else _clash(asked, ending)
    if clash is not None:
        drive.unwrap((yield from operation.complete(begun, drive.Raised(clash), "error")))


def _deduplicated_child(begun: operation.Operation, asked: Request) -> Protocol[str]:
    """The deduplication id is held: record the error, or the holder when that is wanted."""
    from dbos.system import queues

    row = asked.row
    queue_name, key = str(row.queue_name), str(row.deduplication_id)
    if context.presets.get().duplication_policy == "return-existing":
        holder = yield Load(queues.read_holder(queue_name, key))
        if holder is not None:
            record = operation.record_of(begun, child_workflow_id=str(holder))
            yield from operation.save(begun, record)
            return str(holder)
    error = DBOSQueueDeduplicatedError(row.workflow_uuid, queue_name, key)
    outcome = yield from operation.complete(begun, drive.Raised(error), "error")
    return str(drive.unwrap(outcome))


def start_in_background(now: Runtime, asked: Request) -> None:
    """Run a workflow whose row is committed, in a thread or on the background loop."""
    execution = lifecycle.fresh(now, asked.row)
    execution.in_background = True
    life = lifecycle.perform(execution, asked.declared, asked.args, asked.kwargs)
    now.enter(execution)
    try:
        run_in_background(now, asked.declared, execution, life)
    except RuntimeError as error:
        # No thread is to be had now. The row is there, so it will run: the caller gets a handle.
        now.leave(execution)
        now.leave_behind(execution.workflow_id, execution.owner)
        logger.error("Workflow %s begins a little later: %s", execution.workflow_id, error)


def run_in_background(
    now: Runtime, declared: Declared, execution: Execution, life: Protocol[Outcome]
) -> None:
    """Perform the life of an execution in a thread or on the background loop."""
    if declared.is_async:
        execution.given_to = now.loop.running()
        own = ("workflow", execution.workflow_id)
        if now.system.wakes.is_waited_for(own):
            now.system.wakes.notify([own])  # whoever waits may be holding up that loop
        now.loop.submit(drive.run_async(life, now.system))
    else:
        now.threads.submit(lambda: _run(life, now))


def _run(life: Protocol[Outcome], now: Runtime) -> None:
    drive.run(life, now.system)


def _start(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Protocol[tuple[str, Request | None]]:
    now = runtime.active()
    declared, bound = request.declared_of(function)
    frame = operation.in_workflow(f"Starting workflow {declared.name}")
    request.refuse_enqueue_options(declared.name)
    if frame is not None:
        return (yield from _start_child(now, frame, declared, (*bound, *args), kwargs))
    asked = request.make(now, declared, (*bound, *args), kwargs, frame=None)
    mine = yield from insert_new(asked)
    return asked.row.workflow_uuid, asked if mine else None


def enqueue_child(
    now: Runtime,
    frame: Frame,
    declared: Declared,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    place: request.QueuePlace,
) -> Protocol[str]:
    """Enqueue a workflow from a workflow; answers its id."""
    workflow_id, _ = yield from _start_child(now, frame, declared, args, kwargs, place)
    return workflow_id


def start_workflow(func: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> WorkflowHandle[R]:
    """Start a workflow in the background; once this returns, it runs to completion.

    Raises ``DBOSWorkflowFunctionNotFoundError`` when ``func`` is not a workflow, ``DBOSException``
    for options of ``SetEnqueueOptions`` that only a queue can fulfil.
    """
    now = runtime.active()
    workflow_id, asked = drive.run(_start(func, args, kwargs), now.system)
    if asked is not None:
        start_in_background(now, asked)
    return WorkflowHandle(workflow_id, now)


def start_workflow_async(
    func: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs
) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
    """Start a coroutine workflow as a task of the running event loop."""
    now = runtime.active()
    begun = drive.Begun(_start(func, args, kwargs))

    async def finish() -> WorkflowHandleAsync[R]:
        workflow_id, asked = await begun.finish(now.system)
        if asked is not None and asked.declared.is_async:
            execution = lifecycle.fresh(now, asked.row)
            life = lifecycle.perform(execution, asked.declared, asked.args, asked.kwargs)
            now.loop.adopt(drive.run_async(life, now.system))
        elif asked is not None:
            start_in_background(now, asked)
        return WorkflowHandleAsync(workflow_id, now)

    return finish()
