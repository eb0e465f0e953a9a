"""Managing workflows: list, inspect, cancel, resume, fork.

In: workflow ids and filters. Out: statuses and handles. Never runs stored code and never takes a
workflow from a living owner. Inside a workflow each call is recorded as an operation.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.handle import (
    GET_STATUS,
    WorkflowHandle,
    WorkflowHandleAsync,
    await_result,
    recorded_status,
)
from dbos.kernel import drive, operation, runtime, seam
from dbos.kernel.drive import Load, Outcome, Protocol, Save, Wait
from dbos.queue import INTERNAL_QUEUE
from dbos.services import liveness
from dbos.status import StepInfo, WorkflowStatus, list_statuses, list_steps
from dbos.validity import valid_seconds, valid_text

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system import SystemDatabase
    from dbos.system.listing import Filter
    from dbos.system.workflows import Ending

Texts = str | Sequence[str] | None
Moment = str | datetime | int | None
# After so long a step is taken for stuck: the workflow goes on, and the step may run again.
LONGEST_STEP_WAIT_SECONDS = 60.0


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


class Filters(TypedDict, total=False):
    """What ``list_workflows`` can be asked for; a filter that is not given lets everything pass.

    Texts may be one or several. Times are ISO 8601 text, datetimes or epoch milliseconds, and
    include their bound. ``workflow_id`` means the same as ``workflow_ids``; ``attributes`` are
    those a workflow must have, with their values.
    """

    workflow_id: Texts
    workflow_ids: Texts
    status: Texts
    start_time: Moment
    end_time: Moment
    completed_after: Moment
    completed_before: Moment
    dequeued_after: Moment
    dequeued_before: Moment
    name: Texts
    app_version: Texts
    forked_from: Texts
    parent_workflow_id: Texts
    user: Texts
    queue_name: Texts
    limit: int | None
    offset: int | None
    sort_desc: bool
    workflow_id_prefix: Texts
    load_input: bool
    load_output: bool
    executor_id: Texts
    has_parent: bool | None
    is_fork: bool | None
    was_forked_from: bool | None
    attributes: Mapping[str, Any] | None
    application_name: Texts
    schedule_name: Texts
    queues_only: bool


_TEXTS = {
    "workflow_id_prefix": "workflow_id_prefix",
    "status": "status",
    "name": "name",
    "app_version": "application_version",
    "executor_id": "executor_id",
    "queue_name": "queue_name",
    "user": "user",
    "forked_from": "forked_from",
    "parent_workflow_id": "parent_workflow_id",
    "application_name": "application_name",
    "schedule_name": "schedule_name",
}
_MOMENTS = (
    *("start_time", "end_time", "completed_after", "completed_before"),
    *("dequeued_after", "dequeued_before"),
)
_AS_GIVEN = (
    *("queues_only", "has_parent", "is_fork", "was_forked_from"),
    *("sort_desc", "load_input", "load_output"),
)


def make_filter(given: Filters) -> Filter:
    """The filter behind ``list_workflows``.

    Raises ``TypeError`` for a name that is no filter, and ``DBOSException`` for a value that makes
    no sense.
    """
    from dbos.system.listing import Filter

    asked: dict[str, Any] = dict(given)
    unknown = asked.keys() - Filters.__annotations__.keys()
    if unknown:
        close = difflib.get_close_matches(min(unknown), Filters.__annotations__, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise TypeError(f"list_workflows() has no filter {min(unknown)!r}{hint}")
    found: dict[str, Any] = {_TEXTS[key]: texts(asked[key]) for key in _TEXTS if key in asked}
    found |= {key: moment(asked[key], key) for key in _MOMENTS if key in asked}
    found |= {key: asked[key] for key in _AS_GIVEN if key in asked}
    found |= {key: _whole(asked[key], key) for key in ("limit", "offset") if key in asked}
    ids = [texts(asked.get(key)) for key in ("workflow_ids", "workflow_id")]
    if any(one is not None for one in ids):
        found["workflow_ids"] = tuple(id for one in ids for id in one or ())
    attributes = asked.get("attributes")
    if attributes is not None:
        found["attributes"] = tuple(
            (valid_text(name, "The name of an attribute"), _json(value))
            for name, value in attributes.items()
        )
    return Filter(**found)


def _json(value: object) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise DBOSException(f"Workflow attributes must be JSON: {error}") from None


def _list_workflows(**filters: Unpack[Filters]) -> Protocol[list[WorkflowStatus]]:
    """The workflows that match, oldest first; see ``Filters`` for what may be asked."""
    asked = make_filter(filters)
    return (yield from operation.recorded("DBOS.listWorkflows", (), lambda: list_statuses(asked)))


def _list_queued_workflows(**filters: Unpack[Filters]) -> Protocol[list[WorkflowStatus]]:
    """The workflows that wait or run on a queue."""
    asked = make_filter({**filters, "queues_only": True})
    return (
        yield from operation.recorded("DBOS.listQueuedWorkflows", (), lambda: list_statuses(asked))
    )


def _update_attributes(
    workflow_id: str, attributes: dict[str, Any], *, merge: bool = False
) -> Protocol[None]:
    """Replace the attributes of a workflow, or ``merge`` into them; they must be JSON.

    Raises ``DBOSNonExistentWorkflowError``.
    """
    from dbos.system import changes

    valid_text(workflow_id, "A workflow id")
    _json(attributes)

    def make() -> Protocol[None]:
        write = changes.set_attributes(workflow_id, attributes, merge=merge, now=seam.now_ms())
        if not (yield Save(write)):
            raise DBOSNonExistentWorkflowError(workflow_id)

    return (
        yield from operation.recorded(
            "DBOS.updateWorkflowAttributes", (workflow_id, attributes), make
        )
    )


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
            now.system.wakes.publish([("delayed", queue_name), ("queue", queue_name)])

    return (yield from operation.recorded("DBOS.setWorkflowDelay", (workflow_id,), make))


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
    found = yield from operation.recorded(
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

    return (yield from operation.recorded(GET_STATUS, (workflow_id,), make))


def cancel(system: SystemDatabase, ids: list[str], cancel_children: bool) -> Protocol[list[str]]:
    """Cancel workflows and, when asked, their descendants; answers the cancelled ids."""
    from dbos.system import descendants, workflows

    found = list(ids)
    if cancel_children:
        found += yield Load(descendants.read_descendants(system.language, ids))
    cancelled: list[str] = yield Save(workflows.cancel(system.language, found))
    return cancelled


def _cancel_workflows(
    workflow_ids: Sequence[str], *, cancel_children: bool = False
) -> Protocol[None]:
    """Cancel workflows; running ones stop at their next operation, waiting ones at once."""
    now = runtime.active()
    wanted = [valid_text(id, "A workflow id") for id in workflow_ids]

    def make() -> Protocol[None]:
        for id in (yield from cancel(now.system, wanted, cancel_children)):
            now.interrupt(id)
        now.system.wakes.notify_queues()

    return (yield from operation.recorded("DBOS.cancelWorkflow", tuple(wanted), make))


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
        yield from resume(
            now.system,
            wanted,
            application_version=now.application_version or None,
            lease_seconds=now.settings.lease_seconds,
            queue_name=queue_name,
            token=now.process_token,
            running=now.executions,
        )
        now.system.wakes.notify_queues()

    return (yield from operation.recorded("DBOS.resumeWorkflow", tuple(wanted), make))


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
        drive.run(recorded_status(now, workflow_id), now.system)
    return WorkflowHandle(workflow_id, now, to_come=not existing_workflow)


async def retrieve_workflow_async(
    workflow_id: str, existing_workflow: bool = True
) -> WorkflowHandleAsync[Any]:
    """Like ``retrieve_workflow``, from a coroutine."""
    now = runtime.active()
    valid_text(workflow_id, "A workflow id")
    if existing_workflow:
        await drive.run_async(recorded_status(now, workflow_id), now.system)
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
