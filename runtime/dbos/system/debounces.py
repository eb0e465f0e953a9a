"""Debounced rows of ``workflow_status``: one waiting run per key, whose input calls replace.

In: the row that a burst would begin with. Out: a ``Script`` that answers the id of the waiting run.
Never touches a run that has begun: it holds the key no more.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, update

from dbos import seam
from dbos.error import DBOSException
from dbos.system import workflows
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.statement import Script, Transaction, statement
from dbos.system.workflows import NewWorkflow


@statement
def EXTEND(spoken: Language) -> Any:
    """Replace the input of the waiting run and put it off, but not past its own deadline."""
    table = spoken.tables.workflow_status
    until, latest = whole_bind("until"), table.c.debounce_deadline_epoch_ms
    bounded = case((latest < until, latest), else_=until)
    return (
        update(table)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.deduplication_id == text_bind("deduplication_id"),
            table.c.status == "DELAYED",
            table.c.delay_until_epoch_ms > whole_bind("now"),
        )
        .values(
            inputs=text_bind("inputs"),
            serialization=text_bind("serialization"),
            delay_until_epoch_ms=bounded,
            updated_at=whole_bind("now"),
        )
        .returning(table.c.workflow_uuid)
    )


@statement
def LET_GO(spoken: Language) -> Any:
    """Release the run whose time has come, so that the key is free for the next burst."""
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.deduplication_id == text_bind("deduplication_id"),
            table.c.is_debounced == 1,
            table.c.status == "DELAYED",
            table.c.delay_until_epoch_ms <= whole_bind("now"),
        )
        .values(status="ENQUEUED", deduplication_id=None, updated_at=whole_bind("now"))
    )


def bounce(row: NewWorkflow) -> Script[str]:
    """Extend the waiting run of this key, or begin a new one; answers its id."""

    def body(transaction: Transaction) -> str:
        now = seam.now_ms()
        place = {"queue_name": row.queue_name, "deduplication_id": row.deduplication_id}
        extended = transaction.run(
            EXTEND,
            **place,
            inputs=row.inputs,
            serialization=row.serialization,
            until=row.delay_until_epoch_ms,
            now=now,
        ).first()
        if extended is not None:
            return str(extended[0])
        transaction.run(LET_GO, **place, now=now)
        if workflows.insert(row).apply(transaction):
            return row.workflow_uuid
        again = transaction.run(
            EXTEND,
            **place,
            inputs=row.inputs,
            serialization=row.serialization,
            until=row.delay_until_epoch_ms,
            now=now,
        ).first()
        if again is None:
            raise DBOSException(
                f"Workflow id {row.workflow_uuid!r} or debounce key {row.deduplication_id!r} is"
                " taken by another workflow"
            )
        return str(again[0])

    return Script(
        what=f"debounce {row.deduplication_id!r}",
        body=body,
        wakes=(("queue", str(row.queue_name)),),
    )
