"""Rows of ``workflow_events``: what a workflow published, and every value it had.

In: encoded values. Out: ``Script`` and ``Read`` values. Never lets a repeated write bring an older
value back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dbos.system import steps
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.statement import Read, Script, Transaction, statement
from dbos.system.steps import StepRecord


@statement
def PUBLISH(spoken: Language) -> Any:
    table = spoken.tables.workflow_events
    inserted = spoken.insert(table).values(
        **{name: text_bind(name) for name in ("workflow_uuid", "key", "value", "serialization")}
    )
    return inserted.on_conflict_do_update(
        index_elements=["workflow_uuid", "key"],
        set_={"value": text_bind("value"), "serialization": text_bind("serialization")},
    )


@statement
def REMEMBER(spoken: Language) -> Any:
    table = spoken.tables.workflow_events_history
    inserted = spoken.insert(table).values(
        function_id=whole_bind("function_id"),
        **{name: text_bind(name) for name in ("workflow_uuid", "key", "value", "serialization")},
    )
    # A step may publish one key twice: the later value counts.
    return inserted.on_conflict_do_update(
        index_elements=["workflow_uuid", "key", "function_id"],
        set_={"value": text_bind("value"), "serialization": text_bind("serialization")},
    )


@statement
def READ_EVENT(spoken: Language) -> Any:
    table = spoken.tables.workflow_events
    return select(table.c.value, table.c.serialization).where(
        table.c.workflow_uuid == text_bind("workflow_uuid"), table.c.key == text_bind("key")
    )


@statement
def READ_EVENTS(spoken: Language) -> Any:
    table = spoken.tables.workflow_events
    return select(table.c.key, table.c.value, table.c.serialization).where(
        table.c.workflow_uuid == text_bind("workflow_uuid")
    )


def publish(
    workflow_id: str, owner: str, step: StepRecord, *, key: str, value: str, serialization: str
) -> Script[str | None]:
    """Publish a value and record the operation; answers as ``steps.record`` does."""

    def body(transaction: Transaction) -> str | None:
        recorded = steps.record(workflow_id, owner, step).apply(transaction)
        if recorded is None:
            return None
        _publish(transaction, workflow_id, step.function_id, key, value, serialization)
        return recorded

    return Script(
        what=f"publish event {key!r} of workflow {workflow_id}",
        body=body,
        wakes=(("event", workflow_id, key),),
    )


def publish_unrecorded(
    workflow_id: str, function_id: int, *, key: str, value: str, serialization: str
) -> Script[None]:
    """Publish a value as a part of the running step ``function_id``."""

    def body(transaction: Transaction) -> None:
        _publish(transaction, workflow_id, function_id, key, value, serialization)

    return Script(
        what=f"publish event {key!r} of workflow {workflow_id}",
        body=body,
        wakes=(("event", workflow_id, key),),
    )


def _publish(
    transaction: Transaction,
    workflow_id: str,
    function_id: int,
    key: str,
    value: str,
    serialization: str,
) -> None:
    entry = {
        "workflow_uuid": workflow_id,
        "key": key,
        "value": value,
        "serialization": serialization,
    }
    transaction.run(PUBLISH, **entry)
    transaction.run(REMEMBER, function_id=function_id, **entry)


def read_event(workflow_id: str, key: str) -> Read[tuple[str, str] | None]:
    """The value of an event and its codec, or None."""

    def body(transaction: Transaction) -> tuple[str, str] | None:
        row = transaction.run(READ_EVENT, workflow_uuid=workflow_id, key=key).first()
        return None if row is None else (row[0], row[1])

    return Read(what=f"read event {key!r} of workflow {workflow_id}", body=body)


def read_events(workflow_id: str) -> Read[dict[str, tuple[str, str]]]:
    """All events of a workflow: key to value and codec."""

    def body(transaction: Transaction) -> dict[str, tuple[str, str]]:
        rows = transaction.run(READ_EVENTS, workflow_uuid=workflow_id).rows
        return {row[0]: (row[1], row[2]) for row in rows}

    return Read(what=f"read events of workflow {workflow_id}", body=body)
