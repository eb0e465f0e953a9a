"""Rows of ``operation_outputs``: what each operation of a workflow answered.

In: encoded values and the owner token. Out: ``Write`` values. Never overwrites a
record: there is at most one for each (workflow, step number), and the first one counts.

``record`` is the statement a durable runtime lives on: one fenced insert, no read before it. It
inserts only while ``owner`` holds the workflow, and answers the workflow's status, so a
cancellation and a loss of ownership come back with the checkpoint itself.
"""

from __future__ import annotations

from typing import Any

from dbos.kernel.record import StepRecord
from dbos.system.compound import Part
from dbos.system.dialect import Language, one_of, text_bind, whole_bind
from dbos.system.expressions import select
from dbos.system.statement import Result, Transaction, Write, statement
from dbos.system.workflows import READ_ENDING, Ending

COLUMNS = (
    *("function_id", "function_name", "position", "output", "error", "serialization"),
    *("child_workflow_id", "started_at_epoch_ms", "completed_at_epoch_ms", "input_digest"),
)
_WHOLE = frozenset(("function_id", "started_at_epoch_ms", "completed_at_epoch_ms"))
__all__ = [
    "COLUMNS",
    "StepRecord",
    "is_held_by",
    "parameters",
    "part",
    "part_parameters",
    "record",
]


@statement
def RECORD(spoken: Language) -> Any:
    steps, status = spoken.tables.operation_outputs, spoken.tables.workflow_status
    names = ("workflow_uuid", *COLUMNS)
    values = [whole_bind(name) if name in _WHOLE else text_bind(name) for name in names]
    owned = (
        select(*values)
        .select_from(status)
        .where(
            status.c.workflow_uuid == text_bind("workflow_uuid"),
            status.c.owner_xid == text_bind("owner"),
            # an operation in flight when its workflow is cancelled keeps its outcome
            one_of(status.c.status, ("PENDING", "CANCELLED")),
        )
        # on Postgres, hold the row until the commit, so that nobody takes it over in between
        .with_for_update(read=True)
    )
    seen = (
        select(status.c.status)
        .where(status.c.workflow_uuid == text_bind("workflow_uuid"))
        .scalar_subquery()
    )
    inserted = spoken.insert(steps).from_select(list(names), owned).on_conflict_do_nothing()
    return inserted.returning(seen)


def part(spoken: Language) -> Part:
    """The row of an operation as the part of a compound; its parameters are ``part_parameters``."""
    values = {
        name: whole_bind(f"step_{name}") if name in _WHOLE else text_bind(f"step_{name}")
        for name in COLUMNS
    }
    values["workflow_uuid"] = text_bind("parent_id")
    return Part(spoken.tables.operation_outputs, values)


def part_parameters(workflow_id: str, owner: str, step: StepRecord) -> dict[str, object]:
    """The parameters of ``part`` and of the execution that must hold the workflow."""
    values = parameters(workflow_id, owner, step)
    own: dict[str, object] = {f"step_{name}": values[name] for name in COLUMNS}
    return {**own, "parent_id": workflow_id, "parent_owner": owner}


def record(workflow_id: str, owner: str, step: StepRecord) -> Write[str | None]:
    """Record one operation. Answers the workflow's status, or None when nothing was recorded.

    Nothing is recorded when another execution owns the workflow, or when the record already exists.
    """
    return Write(
        what=f"record {step.function_name} of workflow {workflow_id}",
        statement=RECORD,
        parameters=parameters(workflow_id, owner, step),
        read=status_seen,
    )


def is_held_by(transaction: Transaction, workflow_id: str, owner: str) -> bool:
    """Whether an execution may still record; asked by what a step does as a part of itself."""
    row = transaction.run(READ_ENDING, workflow_uuid=workflow_id).first()
    ending = None if row is None else Ending(*row)
    # As for a record: a step in flight when its workflow is cancelled keeps what it did.
    return (
        ending is not None and ending.owner == owner and ending.status in ("PENDING", "CANCELLED")
    )


def parameters(workflow_id: str, owner: str, step: StepRecord) -> dict[str, object]:
    """The bind parameters of ``RECORD``."""
    return {
        "workflow_uuid": workflow_id,
        "owner": owner,
        "function_id": step.function_id,
        "function_name": step.function_name,
        "position": step.position,
        "output": step.output,
        "error": step.error,
        "serialization": step.serialization,
        "child_workflow_id": step.child_workflow_id,
        "started_at_epoch_ms": step.started_at,
        "completed_at_epoch_ms": step.completed_at,
        "input_digest": step.input_digest,
    }


def status_seen(result: Result) -> str | None:
    """Reads the workflow's status from the answer to a record; None when there is none."""
    row = result.first()
    return None if row is None else str(row[0])
