"""What a workflow and its steps look like from outside.

In: rows of the system database. Out: ``WorkflowStatus`` and ``StepInfo``. Never runs stored code:
payloads are decoded without looking up classes, and pickles stay closed; such parts come back as
``Opaque``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypedDict

from dbos.error import DBOSNonExistentWorkflowError, DBOSSerializationError
from dbos.kernel.drive import Load, Protocol
from dbos.values import serialize
from dbos.values.serialize import Opaque

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system import SystemDatabase
    from dbos.system.listing import Filter
    from dbos.system.steps import StepRecord


class WorkflowStatusString(Enum):
    """The states of a workflow."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    ERROR = "ERROR"
    MAX_RECOVERY_ATTEMPTS_EXCEEDED = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
    CANCELLED = "CANCELLED"
    ENQUEUED = "ENQUEUED"
    DELAYED = "DELAYED"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStatus:
    """One workflow. Times in epoch milliseconds; ``input`` holds ``args`` and ``kwargs``."""

    workflow_id: str
    status: str
    name: str
    class_name: str | None
    config_name: str | None
    authenticated_user: str | None
    assumed_role: str | None
    authenticated_roles: list[str] | None
    input: Any
    output: Any
    error: Any
    created_at: int
    updated_at: int
    queue_name: str | None
    executor_id: str | None
    app_version: str | None
    workflow_version: str | None
    workflow_timeout_ms: int | None
    workflow_deadline_epoch_ms: int | None
    deduplication_id: str | None
    priority: int
    queue_partition_key: str | None
    forked_from: str | None
    was_forked_from: bool
    parent_workflow_id: str | None
    dequeued_at: int | None
    delay_until_epoch_ms: int | None
    completed_at: int | None
    attributes: dict[str, Any] | None
    schedule_name: str | None
    application_name: str | None
    app_id: str | None
    recovery_attempts: int


class StepInfo(TypedDict):
    """One recorded operation. Times in epoch milliseconds."""

    function_id: int
    function_name: str
    output: Any
    error: Any
    child_workflow_id: str | None
    started_at_epoch_ms: int | None
    completed_at_epoch_ms: int | None


def shown(text: str | None, serialization: str | None, decode: Any = serialize.decode) -> Any:
    """A payload for people: decoded as far as that is safe."""
    try:
        return decode(text, serialization, trusted=False)
    except DBOSSerializationError as error:
        return Opaque("damaged", str(error))


def from_row(row: dict[str, Any]) -> WorkflowStatus:
    """The status of a listed row."""
    roles, attributes = row["authenticated_roles"], row["attributes"]
    return WorkflowStatus(
        workflow_id=row["workflow_uuid"],
        status=row["status"],
        name=row["name"],
        class_name=row["class_name"],
        config_name=row["config_name"],
        authenticated_user=row["authenticated_user"],
        assumed_role=row["assumed_role"],
        authenticated_roles=json.loads(roles) if roles else None,
        input=shown(row["inputs"], row["serialization"], serialize.decode_inputs),
        output=shown(row["output"], row["output_serialization"]),
        error=shown(row["error"], row["output_serialization"], serialize.decode_error),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        queue_name=row["queue_name"],
        executor_id=row["executor_id"],
        app_version=row["application_version"],
        workflow_version=row["workflow_version"],
        workflow_timeout_ms=row["workflow_timeout_ms"],
        workflow_deadline_epoch_ms=row["workflow_deadline_epoch_ms"],
        deduplication_id=row["deduplication_id"],
        priority=row["priority"],
        queue_partition_key=row["queue_partition_key"],
        forked_from=row["forked_from"],
        was_forked_from=bool(row["was_forked_from"]),
        parent_workflow_id=row["parent_workflow_id"],
        dequeued_at=row["started_at_epoch_ms"] if row["queue_name"] else None,
        delay_until_epoch_ms=row["delay_until_epoch_ms"],
        completed_at=row["completed_at"],
        attributes=json.loads(attributes) if attributes else None,
        schedule_name=row["schedule_name"],
        application_name=row["application_name"],
        app_id=row["application_id"],
        recovery_attempts=row["recovery_attempts"],
    )


def from_record(record: StepRecord, *, load_output: bool = True) -> StepInfo:
    """One recorded operation for people."""
    return StepInfo(
        function_id=record.function_id,
        function_name=record.function_name,
        output=shown(record.output, record.serialization) if load_output else None,
        error=shown(record.error, record.serialization) if load_output else None,
        child_workflow_id=record.child_workflow_id,
        started_at_epoch_ms=record.started_at,
        completed_at_epoch_ms=record.completed_at,
    )


def list_statuses(asked: Filter) -> Protocol[list[WorkflowStatus]]:
    """The workflows that a filter matches."""
    from dbos.system import listing

    rows = yield Load(listing.read_workflows(asked))
    return [from_row(row) for row in rows]


def read_status(runtime: Runtime, workflow_id: str) -> Protocol[WorkflowStatus]:
    """The status of one workflow, or ``DBOSNonExistentWorkflowError``."""
    from dbos.system.listing import Filter

    found = yield from list_statuses(Filter(workflow_ids=(workflow_id,)))
    if not found:
        raise DBOSNonExistentWorkflowError(workflow_id)
    return found[0]


def list_steps(
    system: SystemDatabase, workflow_id: str, *, load_output: bool = True
) -> Protocol[list[StepInfo]]:
    """The recorded operations of a workflow in the order of their numbers."""
    from dbos.system import histories

    found = yield Load(histories.read_histories(system.language, [workflow_id]))
    return [from_record(one, load_output=load_output) for one in found[workflow_id]]
