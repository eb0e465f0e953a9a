"""The operations of the runtime: which kind of node each is, and under which names it is recorded.

In: the qualified name of something below `dbos`. Out: its kind and its recorded names, or nothing
for what leaves no record.
Never: looks at arguments; names that depend on them are filled in by the walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GET_RESULT = "DBOS.getResult"
PATCH_PREFIX = "DBOS.patch-"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its kind, its recorded names, and the argument that people know it by.

    `label` is that argument's keyword, `position` its place; -1 for an argument without a place.
    """

    kind: str
    recorded: tuple[str, ...]
    label: str = ""
    position: int = -1


def _other(*recorded: str) -> Operation:
    return Operation("other", recorded)


_VERBS: Mapping[str, Operation] = {
    "sleep": Operation("sleep", ("DBOS.sleep",)),
    "send": Operation("send", ("DBOS.send",), "topic", 2),
    "send_bulk": Operation("send", ("DBOS.send_bulk",)),
    "recv": Operation("recv", ("DBOS.recv",), "topic", 0),
    "set_event": Operation("set_event", ("DBOS.setEvent",), "key", 0),
    "get_event": Operation("get_event", ("DBOS.getEvent",), "key", 1),
    "get_all_events": Operation("get_event", ("DBOS.get_events",)),
    "write_stream": Operation("write_stream", ("DBOS.writeStream",), "key", 0),
    "close_stream": Operation("write_stream", ("DBOS.closeStream",), "key", 0),
    "read_stream": Operation("read_stream", ("DBOS.readStream",), "key", 1),
    "read_stream_offset": Operation("read_stream", ("DBOS.readStreamOffset",), "key", 1),
    "patch": Operation("patch", (), "patch_name", 0),
    "deprecate_patch": Operation("deprecate_patch", (), "patch_name", 0),
    "get_result": Operation("result", (GET_RESULT,)),
    "wait_first": Operation("result", ("DBOS.waitFirst",)),
    "wait_first_completed": Operation("result", ("DBOS.waitFirst",)),
    "asyncio_wait": _other("DBOS.asyncio_wait"),
    "debounce": Operation("enqueue", ("DBOS.debounce_delayed_workflow",)),
    "get_status": _other("DBOS.getStatus"),
    "get_workflow_status": _other("DBOS.getStatus"),
    "list_workflows": _other("DBOS.listWorkflows"),
    "list_queued_workflows": _other("DBOS.listQueuedWorkflows"),
    "list_workflow_steps": _other("DBOS.listWorkflowSteps"),
    "cancel_workflow": _other("DBOS.cancelWorkflow"),
    "cancel_workflows": _other("DBOS.cancelWorkflow"),
    "resume_workflow": _other("DBOS.resumeWorkflow"),
    "resume_workflows": _other("DBOS.resumeWorkflow"),
    "fork_workflow": _other("DBOS.forkWorkflow"),
    "restart_workflow": _other("DBOS.forkWorkflow"),
    "delete_workflow": _other("DBOS.deleteWorkflow"),
    "delete_workflows": _other("DBOS.deleteWorkflow"),
    "update_workflow_attributes": _other("DBOS.updateWorkflowAttributes"),
    "set_workflow_delay": _other("DBOS.setWorkflowDelay"),
    "create_schedule": _other("DBOS.createSchedule"),
    "apply_schedules": _other("DBOS.applySchedules"),
    "list_schedules": _other("DBOS.listSchedules"),
    "get_schedule": _other("DBOS.listSchedules"),
    "delete_schedule": _other("DBOS.deleteSchedule"),
    "pause_schedule": _other("DBOS.pauseSchedule"),
    "resume_schedule": _other("DBOS.resumeSchedule"),
    "trigger_schedule": _other("DBOS.triggerSchedule"),
    "backfill_schedule": _other("DBOS.backfillSchedule"),
}
_STARTS = {
    "start_workflow": "start",
    "enqueue": "enqueue",
    "enqueue_workflow": "enqueue",
    "enqueue_workflow_with_options": "enqueue",
}
_UNRECORDED = frozenset(
    {
        "retrieve_workflow",
        "retrieve_queue",
        "register_queue",
        "list_queues",
        "delete_queue",
        "list_application_versions",
        "get_latest_application_version",
        "set_latest_application_version",
        "get_workflow_id",
        "register_instance",
        "create",
        "set_authentication",
        "launch",
        "destroy",
    }
)


def operation(name: str) -> Operation | None:
    """What `dbos.DBOS.sleep` and its like ask the runtime for; None when nothing is recorded."""
    verb = name.rpartition(".")[2].removesuffix("_async")
    known = _VERBS.get(verb)
    if known is not None:
        return known
    if verb in _STARTS:
        return Operation(_STARTS[verb], ())
    if verb in _UNRECORDED or verb[:1].isupper() or not verb:
        return None
    return Operation("opaque", ())
