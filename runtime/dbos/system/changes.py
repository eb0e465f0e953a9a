"""Small changes to one workflow: its attributes and the end of its delay.

In: a workflow id and a value. Out: ``Script`` and ``Write`` values. Never changes a status.
"""

from __future__ import annotations

import json
from typing import Any

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import select, update
from dbos.system.statement import Script, Transaction, statement


@statement
def READ_ATTRIBUTES(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.attributes).where(table.c.workflow_uuid == text_bind("workflow_uuid"))


@statement
def SET_ATTRIBUTES(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(table.c.workflow_uuid == text_bind("workflow_uuid"))
        .values(attributes=text_bind("attributes"), updated_at=whole_bind("now"))
    )


@statement
def SET_DELAY(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(table.c.workflow_uuid == text_bind("workflow_uuid"), table.c.status == "DELAYED")
        .values(delay_until_epoch_ms=whole_bind("until"), updated_at=whole_bind("now"))
    )


@statement
def QUEUE_OF(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.queue_name).where(table.c.workflow_uuid == text_bind("workflow_uuid"))


def set_attributes(
    workflow_id: str, attributes: dict[str, Any], *, merge: bool, now: int
) -> Script[bool]:
    """Replace or merge the attributes of a workflow; False when there is no such workflow."""

    def body(transaction: Transaction) -> bool:
        row = transaction.run(READ_ATTRIBUTES, workflow_uuid=workflow_id).first()
        if row is None:
            return False
        former = json.loads(row[0]) if merge and row[0] else {}
        text = json.dumps({**former, **attributes}, sort_keys=True)
        transaction.run(SET_ATTRIBUTES, workflow_uuid=workflow_id, attributes=text, now=now)
        return True

    return Script(what=f"set the attributes of workflow {workflow_id}", body=body)


def set_delay(workflow_id: str, until: int, now: int) -> Script[str | None]:
    """Move the end of a delay; answers the queue to wake, None when the workflow is not delayed."""

    def body(transaction: Transaction) -> str | None:
        moved = transaction.run(SET_DELAY, workflow_uuid=workflow_id, until=until, now=now)
        if not moved.count:
            return None
        row = transaction.run(QUEUE_OF, workflow_uuid=workflow_id).first()
        return None if row is None else row[0]

    return Script(what=f"delay workflow {workflow_id}", body=body)
