"""Children: a workflow and the record of the operation that starts it, written together.

In: the row of the child, and the record in its parent. Out: ``Write`` and ``Script`` values. Never
leaves a child without its parent's record, so a replayed parent finds it and starts no second one.
"""

from __future__ import annotations

from dbos.system import steps, workflows
from dbos.system.compound import Compound, Part, compound
from dbos.system.dialect import Language, text_bind
from dbos.system.expressions import exists, select
from dbos.system.statement import Script, Transaction, Write
from dbos.system.steps import StepRecord
from dbos.system.workflows import NewWorkflow


@compound
def START(spoken: Language) -> Compound:
    """The row of a child and the record, where neither its id nor its deduplication id is taken."""
    table = spoken.tables.workflow_status
    holder = table.alias("holder")
    is_held = exists(
        select(holder.c.status).where(
            holder.c.queue_name == text_bind("queue_name"),
            holder.c.deduplication_id == text_bind("deduplication_id"),
        )
    )
    return Compound([Part(table, workflows.new_values()), steps.part(spoken)], [~is_held])


def start(row: NewWorkflow, parent_id: str, owner: str, step: StepRecord) -> Write[str | None]:
    """Insert a new child and record the operation, by one statement.

    Answers as ``steps.record`` does; also None, with nothing written, when an id is taken. Then
    ``start_or_find`` tells what there is.
    """
    insertion = workflows.insert(row)
    return Write(
        what=f"start child workflow {row.workflow_uuid}",
        statement=START,
        parameters={**insertion.parameters, **steps.part_parameters(parent_id, owner, step)},
        read=steps.status_seen,
        wakes=insertion.wakes,
    )


def start_or_find(
    row: NewWorkflow, parent_id: str, owner: str, step: StepRecord
) -> Script[tuple[bool, str | None] | None]:
    """Insert a child unless there is one with its id, and record the operation.

    Answers whether it was inserted and what ``steps.record`` does; None, with nothing written, when
    another workflow holds the deduplication id.
    """
    insertion = workflows.insert(row)
    recording = steps.record(parent_id, owner, step)

    def body(transaction: Transaction) -> tuple[bool, str | None] | None:
        created = insertion.apply(transaction)
        if not created and row.deduplication_id is not None:
            found = transaction.run(workflows.READ_ENDING, workflow_uuid=row.workflow_uuid)
            if not found.rows:
                return None
        return created, recording.apply(transaction)

    what = f"start child workflow {row.workflow_uuid}"
    return Script(what=what, body=body, wakes=insertion.wakes)
