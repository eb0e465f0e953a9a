"""Rows of ``workflow_events``: what a workflow published, and every value it had.

In: encoded values. Out: ``Write``, ``Script`` and ``Read`` values. Never lets a repeated write
bring an older value back.
"""

from __future__ import annotations

from typing import Any

from dbos.system import steps
from dbos.system.compound import Compound, Part, compound, is_held
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import select
from dbos.system.statement import Read, Result, Script, Transaction, Write, statement
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
def TAKE_EVENT(spoken: Language) -> Any:
    """Record what an event says, if there is one, as the outcome of the operation that asks."""
    events, status = spoken.tables.workflow_events, spoken.tables.workflow_status
    row = {**steps.part(spoken).values}
    row["output"], row["serialization"] = events.c.value, events.c.serialization
    held = (
        select(*row.values())
        .select_from(status)
        .join(
            events,
            (events.c.workflow_uuid == text_bind("publisher_id"))
            & (events.c.key == text_bind("event_key")),
        )
        .where(is_held(spoken))
        .with_for_update(read=True, of=status)
    )
    table = spoken.tables.operation_outputs
    seen = (
        select(status.c.status)
        .where(status.c.workflow_uuid == text_bind("parent_id"))
        .scalar_subquery()
    )
    inserted = spoken.insert(table).from_select(list(row), held).on_conflict_do_nothing()
    return inserted.returning(seen, table.c.output, table.c.serialization)


@statement
def READ_EVENTS(spoken: Language) -> Any:
    table = spoken.tables.workflow_events
    return select(table.c.key, table.c.value, table.c.serialization).where(
        table.c.workflow_uuid == text_bind("workflow_uuid")
    )


@compound
def PUBLISH_RECORDED(spoken: Language) -> Compound:
    """The record of the operation, the event and its history."""
    step = steps.part(spoken)
    event = {
        "workflow_uuid": text_bind("parent_id"),
        **{name: text_bind(f"event_{name}") for name in ("key", "value", "serialization")},
    }
    history = {**event, "function_id": whole_bind("step_function_id")}
    events = Part(spoken.tables.workflow_events, event, replaces=True)
    return Compound(
        [step, Part(spoken.tables.workflow_events_history, history, replaces=True), events]
    )


def publish(
    workflow_id: str, owner: str, step: StepRecord, *, key: str, value: str, serialization: str
) -> Write[str | None]:
    """Publish a value and record the operation; answers as ``steps.record`` does."""
    return Write(
        what=f"publish event {key!r} of workflow {workflow_id}",
        statement=PUBLISH_RECORDED,
        parameters={
            **steps.part_parameters(workflow_id, owner, step),
            "event_key": key,
            "event_value": value,
            "event_serialization": serialization,
        },
        read=steps.status_seen,
        wakes=(("event", workflow_id, key),),
    )


def publish_unrecorded(
    workflow_id: str, owner: str, function_id: int, *, key: str, value: str, serialization: str
) -> Script[bool]:
    """Publish a value as a part of the running step ``function_id``.

    False, with nothing published, when another execution owns the workflow.
    """

    def body(transaction: Transaction) -> bool:
        if not steps.is_held_by(transaction, workflow_id, owner):
            return False
        _publish(transaction, workflow_id, function_id, key, value, serialization)
        return True

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


def take_event(
    workflow_id: str, owner: str, step: StepRecord, *, publisher_id: str, key: str
) -> Write[tuple[str, str, str] | None]:
    """Read an event and record it as the outcome of ``step``, by one statement.

    Answers the workflow's status, the value and its codec; None, with nothing recorded, when there
    is no such event or the execution does not hold the workflow.
    """
    parameters = steps.part_parameters(workflow_id, owner, step)
    return Write(
        what=f"read event {key!r} of workflow {publisher_id}",
        statement=TAKE_EVENT,
        parameters={**parameters, "publisher_id": publisher_id, "event_key": key},
        read=_taken,
    )


def _taken(result: Result) -> tuple[str, str, str] | None:
    row = result.first()
    return None if row is None else (row[0], row[1], row[2])


def read_events(workflow_id: str) -> Read[dict[str, tuple[str, str]]]:
    """All events of a workflow: key to value and codec."""

    def body(transaction: Transaction) -> dict[str, tuple[str, str]]:
        rows = transaction.run(READ_EVENTS, workflow_uuid=workflow_id).rows
        return {row[0]: (row[1], row[2]) for row in rows}

    return Read(what=f"read events of workflow {workflow_id}", body=body)
