"""Managing workflows: list, inspect, cancel, resume, fork.

In: workflow ids and filters. Out: statuses and handles. Never runs stored code and never takes a
workflow from a living owner. Inside a workflow each call is recorded as an operation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from dbos import drive, liveness, operation, runtime, seam, serialize
from dbos.context import valid_seconds, valid_text
from dbos.drive import Load, Outcome, Protocol, Returned, Save, Wait
from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.handle import WorkflowHandle, WorkflowHandleAsync, await_result
from dbos.queue import INTERNAL_QUEUE
from dbos.status import StepInfo, WorkflowStatus, list_statuses, list_steps, read_status

if TYPE_CHECKING:
    from dbos.runtime import Runtime
    from dbos.system import SystemDatabase
    from dbos.system.listing import Filter
    from dbos.system.workflows import Ending

T = TypeVar("T")
Texts = str | Sequence[str] | None
# After so long a step is taken for stuck: the workflow goes on, and the step may run again.
LONGEST_STEP_WAIT_SECONDS = 60.0


def recorded(name: str, arguments: tuple[Any, ...], make: Callable[[], Protocol[T]]) -> Protocol[T]:
    """Perform ``make()``; inside a workflow, record what it answers."""
    frame = operation.in_workflow(name)
    if frame is None:
        return (yield from make())
    begun = operation.begin(frame, name, serialize.digest(*arguments))
    if begun.recorded is not None:
        known: T = drive.unwrap(operation.replayed(begun))
        return known
    value = yield from make()
    outcome = yield from operation.complete(begun, Returned(value), name)
    settled: T = drive.unwrap(outcome)
    return settled


def texts(value: Texts) -> tuple[str, ...] | None:
    """One text or several as a tuple; None stays None."""
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def moment(value: str | datetime | int | None, what: str) -> int | None:
    """A time given as ISO text, datetime or epoch milliseconds, as epoch milliseconds."""
    if value is None or isinstance(value, int):
        return value
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        return int(found.timestamp() * 1000)
    except (TypeError, ValueError, AttributeError):
        raise DBOSException(f"{what} is not a time: {value!r}") from None


def make_filter(
    *,
    workflow_id: Texts = None,
    workflow_ids: Texts = None,
    status: Texts = None,
    start_time: str | datetime | int | None = None,
    end_time: str | datetime | int | None = None,
    completed_after: str | datetime | int | None = None,
    completed_before: str | datetime | int | None = None,
    dequeued_after: str | datetime | int | None = None,
    dequeued_before: str | datetime | int | None = None,
    name: Texts = None,
    app_version: Texts = None,
    forked_from: Texts = None,
    parent_workflow_id: Texts = None,
    user: Texts = None,
    queue_name: Texts = None,
    limit: int | None = None,
    offset: int | None = None,
    sort_desc: bool = False,
    workflow_id_prefix: Texts = None,
    load_input: bool = True,
    load_output: bool = True,
    executor_id: Texts = None,
    has_parent: bool | None = None,
    is_fork: bool | None = None,
    was_forked_from: bool | None = None,
    application_name: Texts = None,
    schedule_name: Texts = None,
    queues_only: bool = False,
) -> Filter:
    """The filter behind ``list_workflows``; ``workflow_id`` means ``workflow_ids``."""
    from dbos.system.listing import Filter

    _whole(limit, "limit")
    _whole(offset, "offset")
    wanted = texts(workflow_ids)
    if workflow_id is not None:
        wanted = (*(wanted or ()), *(texts(workflow_id) or ()))
    return Filter(
        workflow_ids=wanted,
        workflow_id_prefix=texts(workflow_id_prefix),
        status=texts(status),
        name=texts(name),
        application_version=texts(app_version),
        executor_id=texts(executor_id),
        queue_name=texts(queue_name),
        user=texts(user),
        forked_from=texts(forked_from),
        parent_workflow_id=texts(parent_workflow_id),
        application_name=texts(application_name),
        schedule_name=texts(schedule_name),
        start_time=moment(start_time, "start_time"),
        end_time=moment(end_time, "end_time"),
        completed_after=moment(completed_after, "completed_after"),
        completed_before=moment(completed_before, "completed_before"),
        dequeued_after=moment(dequeued_after, "dequeued_after"),
        dequeued_before=moment(dequeued_before, "dequeued_before"),
        queues_only=queues_only,
        has_parent=has_parent,
        is_fork=is_fork,
        was_forked_from=was_forked_from,
        limit=limit,
        offset=offset,
        sort_desc=sort_desc,
        load_input=load_input,
        load_output=load_output,
    )


def _list_workflows(**filters: Any) -> Protocol[list[WorkflowStatus]]:
    """The workflows that match, oldest first; see ``make_filter`` for the filters."""
    asked = make_filter(**filters)
    return (yield from recorded("DBOS.listWorkflows", (), lambda: list_statuses(asked)))


def _list_queued_workflows(**filters: Any) -> Protocol[list[WorkflowStatus]]:
    """The workflows that wait or run on a queue."""
    asked = make_filter(**{**filters, "queues_only": True})
    return (yield from recorded("DBOS.listQueuedWorkflows", (), lambda: list_statuses(asked)))


def _update_attributes(
    workflow_id: str, attributes: dict[str, Any], *, merge: bool = False
) -> Protocol[None]:
    """Replace the attributes of a workflow, or ``merge`` into them; they must be JSON.

    Raises ``DBOSNonExistentWorkflowError``.
    """
    from dbos.system import changes

    valid_text(workflow_id, "A workflow id")
    try:
        json.dumps(attributes)
    except (TypeError, ValueError) as error:
        raise DBOSException(f"Workflow attributes must be JSON: {error}") from None

    def make() -> Protocol[None]:
        write = changes.set_attributes(workflow_id, attributes, merge=merge, now=seam.now_ms())
        if not (yield Save(write)):
            raise DBOSNonExistentWorkflowError(workflow_id)

    return (yield from recorded("DBOS.updateWorkflowAttributes", (workflow_id, attributes), make))


def _set_workflow_delay(
    workflow_id: str,
    *,
    delay_seconds: float | None = None,
    delay_until_epoch_ms: int | None = None,
) -> Protocol[None]:
    """Move the end of a workflow's delay, given from now or as a time; others are left alone."""
    from dbos.system import changes

    now = runtime.active()
    valid_text(workflow_id, "A workflow id")
    if (delay_seconds is None) == (delay_until_epoch_ms is None):
        raise DBOSException("Give either delay_seconds or delay_until_epoch_ms")
    until = delay_until_epoch_ms
    if delay_seconds is not None:
        seconds = valid_seconds(delay_seconds, "delay_seconds")
        until = seam.now_ms() + int(max(0.0, min(seconds, 1e11)) * 1000)

    def make() -> Protocol[None]:
        queue_name = yield Save(changes.set_delay(workflow_id, until or 0, seam.now_ms()))
        if queue_name is not None:
            now.system.wakes.notify([("queue", queue_name)])

    return (yield from recorded("DBOS.setWorkflowDelay", (workflow_id,), make))


def _list_workflow_steps(
    workflow_id: str,
    *,
    load_output: bool = True,
    limit: int | None = None,
    offset: int | None = None,
) -> Protocol[list[StepInfo]]:
    """The recorded operations of a workflow, in the order of their numbers."""
    system = runtime.active().system
    valid_text(workflow_id, "A workflow id")
    first = _whole(offset, "offset") or 0
    last = None if limit is None else first + (_whole(limit, "limit") or 0)
    found = yield from recorded(
        "DBOS.listWorkflowSteps",
        (workflow_id, limit, offset),
        lambda: list_steps(system, workflow_id, load_output=load_output),
    )
    return found[first:last]


def _whole(number: int | None, what: str) -> int | None:
    if number is not None and (type(number) is not int or number < 0):
        raise DBOSException(f"{what} must be 0 or more, not {number!r}")
    return number


def _get_workflow_status(workflow_id: str) -> Protocol[WorkflowStatus | None]:
    """The status of a workflow, or None when there is none with this id."""
    from dbos.system.listing import Filter

    valid_text(workflow_id, "A workflow id")

    def make() -> Protocol[WorkflowStatus | None]:
        found = yield from list_statuses(Filter(workflow_ids=(workflow_id,)))
        return found[0] if found else None

    return (yield from recorded("DBOS.getStatus", (workflow_id,), make))


def cancel(system: SystemDatabase, ids: list[str], cancel_children: bool) -> Protocol[list[str]]:
    """Cancel workflows and, when asked, their descendants; answers the cancelled ids."""
    from dbos.system import descendants, workflows

    found = list(ids)
    if cancel_children:
        found += yield Load(descendants.read_descendants(system.language, ids))
    cancelled: list[str] = yield Save(workflows.cancel(system.language, found))
    return cancelled


def _cancel_workflows(ids: Sequence[str], *, cancel_children: bool = False) -> Protocol[None]:
    """Cancel workflows; running ones stop at their next operation, waiting ones at once."""
    now = runtime.active()
    wanted = [valid_text(id, "A workflow id") for id in ids]

    def make() -> Protocol[None]:
        for id in (yield from cancel(now.system, wanted, cancel_children)):
            now.interrupt(id)

    return (yield from recorded("DBOS.cancelWorkflow", tuple(wanted), make))


def _cancel_workflow(workflow_id: str, *, cancel_children: bool = False) -> Protocol[None]:
    """Cancel a workflow; a running one stops at its next operation, a waiting one at once."""
    return (yield from _cancel_workflows([workflow_id], cancel_children=cancel_children))


def resume(
    system: SystemDatabase,
    ids: list[str],
    *,
    application_version: str | None,
    lease_seconds: float,
    queue_name: str | None = None,
    token: str | None = None,
    running: Collection[str] = (),
) -> Protocol[None]:
    """Let workflows go on under ``application_version``.

    A pending workflow that runs already is left alone: one in ``running`` of the process ``token``,
    or one of another living process. A cancelled one whose last step still runs here goes on once
    that step has recorded its outcome, so that it is not run again.
    Raises ``DBOSNonExistentWorkflowError`` for an unknown id.
    """
    from dbos.system import executors, workflows

    alive: set[str] | None = None
    for id in ids:
        ending = yield from _settled_ending(system, id, running)
        if ending is None:
            raise DBOSNonExistentWorkflowError(id)
        former = None
        if ending.status == "PENDING":
            if alive is None:
                known = yield Load(executors.read_executors())
                alive = liveness.Judge(lease_seconds).alive(known)
            process = (ending.owner or "").partition("/")[0]
            runs = id in running if process == token else process in alive
            if runs and not ending.is_blocked():
                continue
            former = ending.owner or ""
        yield Save(
            workflows.resume(
                system.language,
                [id],
                queue_name=queue_name or INTERNAL_QUEUE,
                application_version=application_version,
                former_owner=former,
            )
        )


def _settled_ending(
    system: SystemDatabase, id: str, running: Collection[str]
) -> Protocol[Ending | None]:
    """How far a workflow is, once no step of a cancelled execution is under way in this process."""
    from dbos.system import workflows

    deadline = seam.monotonic() + LONGEST_STEP_WAIT_SECONDS
    with system.wakes.subscribe(("ended",)) as subscription:
        while True:
            ending: Ending | None = yield Load(workflows.read_ending(id))
            cancelled = ending is not None and ending.status == "CANCELLED"
            if not cancelled or id not in running or seam.monotonic() >= deadline:
                return ending
            yield Wait(subscription, deadline)


def _resume(now: Runtime, ids: list[str], queue_name: str | None) -> Protocol[None]:
    wanted = [valid_text(id, "A workflow id") for id in ids]

    def make() -> Protocol[None]:
        return (
            yield from resume(
                now.system,
                wanted,
                application_version=now.application_version or None,
                lease_seconds=now.settings.lease_seconds,
                queue_name=queue_name,
                token=now.process_token,
                running=now.executions,
            )
        )

    return (yield from recorded("DBOS.resumeWorkflow", tuple(wanted), make))


def resume_workflow(workflow_id: str, *, queue_name: str | None = None) -> WorkflowHandle[Any]:
    """Let a cancelled, parked, stranded or enqueued workflow go on, on the current version.

    Finished workflows stay as they are. Raises ``DBOSNonExistentWorkflowError``.
    """
    now = runtime.active()
    drive.run(_resume(now, [workflow_id], queue_name), now.system)
    return WorkflowHandle(workflow_id, now)


async def resume_workflow_async(
    workflow_id: str, *, queue_name: str | None = None
) -> WorkflowHandleAsync[Any]:
    """Like ``resume_workflow``, from a coroutine."""
    now = runtime.active()
    await drive.run_async(_resume(now, [workflow_id], queue_name), now.system)
    return WorkflowHandleAsync(workflow_id, now)


def _get_result(workflow_id: str) -> Protocol[Outcome]:
    """Wait for a workflow by its id; see ``WorkflowHandle.get_result``."""
    now = runtime.active()
    valid_text(workflow_id, "A workflow id")
    return (yield from await_result(now, workflow_id, None))


def get_result(workflow_id: str) -> Any:
    """Wait for a workflow by its id and return its result or raise its error."""
    return drive.unwrap(drive.run(_get_result(workflow_id), runtime.active().system))


async def get_result_async(workflow_id: str) -> Any:
    """Like ``get_result``, from a coroutine."""
    return drive.unwrap(await drive.run_async(_get_result(workflow_id), runtime.active().system))


def resume_workflows(
    workflow_ids: Sequence[str], *, queue_name: str | None = None
) -> list[WorkflowHandle[Any]]:
    """Like ``resume_workflow``, for several."""
    now = runtime.active()
    drive.run(_resume(now, list(workflow_ids), queue_name), now.system)
    return [WorkflowHandle(workflow_id, now) for workflow_id in workflow_ids]


async def resume_workflows_async(
    workflow_ids: Sequence[str], *, queue_name: str | None = None
) -> list[WorkflowHandleAsync[Any]]:
    """Like ``resume_workflows``, from a coroutine."""
    now = runtime.active()
    await drive.run_async(_resume(now, list(workflow_ids), queue_name), now.system)
    return [WorkflowHandleAsync(workflow_id, now) for workflow_id in workflow_ids]


def retrieve_workflow(workflow_id: str, existing_workflow: bool = True) -> WorkflowHandle[Any]:
    """A handle for an id. Raises ``DBOSNonExistentWorkflowError`` unless told not to look."""
    now = runtime.active()
    valid_text(workflow_id, "A workflow id")
    if existing_workflow:
        drive.run(read_status(now, workflow_id), now.system)
    return WorkflowHandle(workflow_id, now, to_come=not existing_workflow)


async def retrieve_workflow_async(
    workflow_id: str, existing_workflow: bool = True
) -> WorkflowHandleAsync[Any]:
    """Like ``retrieve_workflow``, from a coroutine."""
    now = runtime.active()
    valid_text(workflow_id, "A workflow id")
    if existing_workflow:
        await drive.run_async(read_status(now, workflow_id), now.system)
    return WorkflowHandleAsync(workflow_id, now, to_come=not existing_workflow)


list_workflows = drive.blocking(_list_workflows)
list_workflows_async = drive.awaitable(_list_workflows)
list_queued_workflows = drive.blocking(_list_queued_workflows)
list_queued_workflows_async = drive.awaitable(_list_queued_workflows)
list_workflow_steps = drive.blocking(_list_workflow_steps)
list_workflow_steps_async = drive.awaitable(_list_workflow_steps)
update_workflow_attributes = drive.blocking(_update_attributes)
update_workflow_attributes_async = drive.awaitable(_update_attributes)
set_workflow_delay = drive.blocking(_set_workflow_delay)
set_workflow_delay_async = drive.awaitable(_set_workflow_delay)
get_workflow_status = drive.blocking(_get_workflow_status)
get_workflow_status_async = drive.awaitable(_get_workflow_status)
cancel_workflow = drive.blocking(_cancel_workflow)
cancel_workflow_async = drive.awaitable(_cancel_workflow)
cancel_workflows = drive.blocking(_cancel_workflows)
cancel_workflows_async = drive.awaitable(_cancel_workflows)
