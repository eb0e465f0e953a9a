"""Rows of ``streams``: values appended by a workflow, in order.

In: encoded values. Out: ``Script`` and ``Read`` values. Never leaves a gap: the next offset is
found in the transaction that writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbos.system import steps
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import func, select
from dbos.system.statement import Read, Script, Transaction, statement
from dbos.system.steps import StepRecord

CLOSED = "closed"
"""The codec of the row that ends a stream."""


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a stream, encoded; ``is_end`` marks the close."""

    value: str | None
    serialization: str

    @property
    def is_end(self) -> bool:
        """Whether the stream ends here."""
        return self.serialization == CLOSED


@statement
def APPEND(spoken: Language) -> Any:
    """Insert behind the last value, unless the stream is closed."""
    table = spoken.tables.streams
    mine = (table.c.workflow_uuid == text_bind("workflow_uuid"), table.c.key == text_bind("key"))
    last = select(func.coalesce(func.max(table.c.offset), -1) + 1).where(*mine).scalar_subquery()
    closed = select(table.c.offset).where(*mine, table.c.serialization == CLOSED).exists()
    row = select(
        text_bind("workflow_uuid"),
        text_bind("key"),
        last,
        whole_bind("function_id"),
        text_bind("value"),
        text_bind("serialization"),
    ).where(~closed)
    names = ["workflow_uuid", "key", "offset", "function_id", "value", "serialization"]
    return spoken.insert(table).from_select(names, row).returning(table.c.offset)


@statement
def IS_CLOSED(spoken: Language) -> Any:
    table = spoken.tables.streams
    return select(table.c.offset).where(
        table.c.workflow_uuid == text_bind("workflow_uuid"),
        table.c.key == text_bind("key"),
        table.c.serialization == CLOSED,
    )


@statement
def READ_ITEMS(spoken: Language) -> Any:
    table = spoken.tables.streams
    return (
        select(table.c.value, table.c.serialization)
        .where(
            table.c.workflow_uuid == text_bind("workflow_uuid"),
            table.c.key == text_bind("key"),
            table.c.offset >= whole_bind("first"),
        )
        .order_by(table.c.offset)
        .limit(whole_bind("most"))
    )


def append(
    workflow_id: str,
    owner: str,
    step: StepRecord,
    refusal: StepRecord,
    *,
    key: str,
    item: Item,
) -> Script[tuple[str | None, bool]]:
    """Record the operation and append; answers as ``steps.record`` does, and whether it was open.

    A closed stream takes no more values: then ``refusal`` is recorded.
    """

    def body(transaction: Transaction) -> tuple[str | None, bool]:
        is_open = not transaction.run(IS_CLOSED, workflow_uuid=workflow_id, key=key).rows
        record = step if is_open else refusal
        recorded = steps.record(workflow_id, owner, record).apply(transaction)
        if recorded is None or not is_open:
            return recorded, is_open
        return recorded, _append(transaction, workflow_id, key, item, step.function_id)

    return Script(
        what=f"write stream {key!r} of workflow {workflow_id}",
        body=body,
        wakes=(("stream", workflow_id, key),),
    )


def append_from_step(
    workflow_id: str, owner: str, step_id: int, *, key: str, item: Item
) -> Script[bool | None]:
    """Append from inside a step, which has no record of its own; answers whether it was open.

    None, with nothing written, when another execution owns the workflow.
    """

    def body(transaction: Transaction) -> bool | None:
        if not steps.is_held_by(transaction, workflow_id, owner):
            return None
        return _append(transaction, workflow_id, key, item, step_id)

    return Script(
        what=f"write stream {key!r} of workflow {workflow_id}",
        body=body,
        wakes=(("stream", workflow_id, key),),
    )


def _append(
    transaction: Transaction, workflow_id: str, key: str, item: Item, function_id: int
) -> bool:
    row = transaction.run(
        APPEND,
        workflow_uuid=workflow_id,
        key=key,
        function_id=function_id,
        value=item.value,
        serialization=item.serialization,
    ).first()
    return row is not None


def read_items(workflow_id: str, key: str, first: int, most: int) -> Read[list[Item]]:
    """Up to ``most`` values from offset ``first`` on."""

    def body(transaction: Transaction) -> list[Item]:
        rows = transaction.run(
            READ_ITEMS, workflow_uuid=workflow_id, key=key, first=first, most=most
        ).rows
        return [Item(row[0], row[1]) for row in rows]

    return Read(what=f"read stream {key!r} of workflow {workflow_id}", body=body)
