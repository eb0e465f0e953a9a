"""Delayed work of a queue: enqueued when its time has come.

In: a queue and the time. Out: a ``Script``. Never starts anything, and never moves what is not due.
"""

from __future__ import annotations

from typing import Any

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import case, func, select, update
from dbos.system.statement import Script, Transaction, statement


@statement
def RELEASE_DELAYED(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            table.c.status == "DELAYED",
            table.c.queue_name == text_bind("queue_name"),
            table.c.delay_until_epoch_ms <= whole_bind("now"),
        )
        .values(
            status="ENQUEUED",
            # a debounced workflow that begins to run lets the next burst begin
            deduplication_id=case(
                (table.c.is_debounced == 1, None), else_=table.c.deduplication_id
            ),
            updated_at=whole_bind("now"),
        )
    )


@statement
def NEXT_DELAYED(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(func.min(table.c.delay_until_epoch_ms)).where(
        table.c.status == "DELAYED", table.c.queue_name == text_bind("queue_name")
    )


def release_delayed(queue_name: str, now: int) -> Script[int | None]:
    """Enqueue what was delayed until now; answers when the next delay ends (epoch ms)."""

    def body(transaction: Transaction) -> int | None:
        transaction.run(RELEASE_DELAYED, queue_name=queue_name, now=now)
        row = transaction.run(NEXT_DELAYED, queue_name=queue_name).first()
        return None if row is None or row[0] is None else int(row[0])

    return Script(what=f"release delayed work of {queue_name!r}", body=body)
