"""Rows of ``notifications``: messages on their way to a workflow.

In: encoded messages. Out: ``Write`` and ``Script`` values. Never delivers a message twice: it is
consumed in the same transaction that records who consumed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dbos.error import DBOSNonExistentWorkflowError
from dbos.kernel.record import StepRecord
from dbos.system import steps
from dbos.system.compound import Compound, Part, compound
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import exists, literal, select, update
from dbos.system.fence import is_held
from dbos.system.statement import Script, Transaction, Write, affected, statement

NO_TOPIC = "__null__topic__"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it is stored; ``arrival`` is its place among all that this process sent."""

    message_id: str
    destination_id: str
    topic: str | None
    message: str
    serialization: str
    arrival: int


@statement
def SEND(spoken: Language) -> Any:
    table, status = spoken.tables.notifications, spoken.tables.workflow_status
    names = ["message_uuid", "destination_uuid", "topic", "message", "serialization"]
    values = [text_bind(name) for name in names]
    values += [whole_bind("created_at_epoch_ms"), whole_bind("arrival")]
    receiver = (
        select(*values, literal(0))
        .select_from(status)
        .where(status.c.workflow_uuid == text_bind("destination_uuid"))
    )
    columns = [*names, "created_at_epoch_ms", "arrival", "consumed"]
    return spoken.insert(table).from_select(columns, receiver).on_conflict_do_nothing()


@statement
def RECEIVER(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.status).where(table.c.workflow_uuid == text_bind("destination_uuid"))


@compound
def SEND_RECORDED(spoken: Language) -> Compound:
    """A message and the record of the operation that sends it, when there is a receiver."""
    receiver = spoken.tables.workflow_status.alias("receiver")
    known = exists(
        select(receiver.c.status).where(receiver.c.workflow_uuid == text_bind("destination_uuid"))
    )
    names = ("message_uuid", "destination_uuid", "topic", "message", "serialization")
    values = {name: text_bind(name) for name in names}
    values["created_at_epoch_ms"] = whole_bind("created_at_epoch_ms")
    values["arrival"] = whole_bind("arrival")
    return Compound([Part(spoken.tables.notifications, values), steps.part(spoken)], [known])


@statement
def CONSUME(spoken: Language) -> Any:
    table, status = spoken.tables.notifications, spoken.tables.workflow_status
    unread = table.alias("unread")
    oldest = (
        select(unread.c.message_uuid)
        .where(
            unread.c.destination_uuid == text_bind("workflow_uuid"),
            unread.c.topic == text_bind("topic"),
            unread.c.consumed == 0,
        )
        .order_by(unread.c.arrival, unread.c.message_uuid)
        .limit(1)
        .scalar_subquery()
    )
    owned = select(literal(1)).select_from(status).where(is_held(status)).exists()
    return (
        update(table)
        .where(table.c.message_uuid == oldest, owned)
        .values(consumed=1, consumed_by_position=text_bind("position"))
        .returning(table.c.message, table.c.serialization)
    )


@statement
def CONSUMED(spoken: Language) -> Any:
    """The message that one operation has taken."""
    table = spoken.tables.notifications
    return select(table.c.message, table.c.serialization).where(
        table.c.destination_uuid == text_bind("workflow_uuid"),
        table.c.consumed_by_position == text_bind("position"),
    )


def send(letter: Letter, now: int) -> Write[int]:
    """Leave a message. Answers 0 when the id was used before or the receiver does not exist."""
    topic = NO_TOPIC if letter.topic is None else letter.topic
    return Write(
        what=f"send a message to workflow {letter.destination_id}",
        statement=SEND,
        parameters={
            "message_uuid": letter.message_id,
            "destination_uuid": letter.destination_id,
            "topic": topic,
            "message": letter.message,
            "serialization": letter.serialization,
            "created_at_epoch_ms": now,
            "arrival": letter.arrival,
        },
        read=affected,
        wakes=(("message", letter.destination_id, topic),),
    )


def leave(letters: Sequence[Letter], now: int) -> Script[None]:
    """Leave all of these messages; one whose id was used before is there already.

    Raises ``DBOSNonExistentWorkflowError``, with nothing left, when a receiver does not exist.
    """
    writes = [send(letter, now) for letter in letters]

    def body(transaction: Transaction) -> None:
        for letter, write in zip(letters, writes, strict=True):
            if write.apply(transaction):
                continue
            if not transaction.run(RECEIVER, destination_uuid=letter.destination_id).rows:
                raise DBOSNonExistentWorkflowError(letter.destination_id)

    wakes = tuple(dict.fromkeys(key for write in writes for key in write.wakes))
    return Script(what=f"send {len(letters)} messages", body=body, wakes=wakes)


def leave_recorded(
    letters: Sequence[Letter], now: int, workflow_id: str, owner: str, step: StepRecord
) -> Script[str | None]:
    """Leave all of these messages and record the operation; answers as ``steps.record`` does.

    Raises ``DBOSNonExistentWorkflowError``, with nothing done, when a receiver does not exist.
    """
    left = leave(letters, now)

    def body(transaction: Transaction) -> str | None:
        status = steps.record(workflow_id, owner, step).apply(transaction)
        if status is not None:
            left.apply(transaction)
        return status

    return Script(what=left.what, body=body, wakes=left.wakes)


def send_recorded(
    message: Write[int], workflow_id: str, owner: str, step: StepRecord
) -> Write[str | None]:
    """Leave the message of ``send`` and record the operation, by one statement.

    Answers as ``steps.record`` does; also None, with nothing written, when the message cannot be
    left. Then both writes one by one tell why.
    """
    return Write(
        what=message.what,
        statement=SEND_RECORDED,
        parameters={**message.parameters, **steps.part_parameters(workflow_id, owner, step)},
        read=steps.status_seen,
        wakes=message.wakes,
    )


def consume(
    transaction: Transaction, *, workflow_id: str, owner: str, topic: str | None, position: str
) -> tuple[str, str] | None:
    """Take the oldest unread message: its text and codec, or None. Part of a script."""
    row = transaction.run(
        CONSUME,
        workflow_uuid=workflow_id,
        owner=owner,
        topic=NO_TOPIC if topic is None else topic,
        position=position,
    ).first()
    return None if row is None else (row[0], row[1])


def consumed(
    transaction: Transaction, *, workflow_id: str, position: str
) -> tuple[str, str] | None:
    """What the operation at ``position`` took before, in a commit whose answer was lost."""
    row = transaction.run(CONSUMED, workflow_uuid=workflow_id, position=position).first()
    return None if row is None else (row[0], row[1])
