"""Messages: send to a workflow, receive in it.

In: a destination, a value and a topic. Out: ``send``, ``recv`` and their twins. Never delivers
twice: a message is consumed in the transaction that records the ``recv``, and a repeated send is
recognised by its id.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dbos.error import DBOSNonExistentWorkflowError
from dbos.kernel import context, drive, operation, runtime, seam
from dbos.kernel.drive import Load, Proceed, Protocol, Save
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize


@dataclass(frozen=True, slots=True)
class SendMessage:
    """One message of ``send_bulk``."""

    destination_id: str
    message: Any
    topic: str | None = None
    idempotency_key: str | None = None


SEND = "DBOS.send"
RECV = "DBOS.recv"
LONGEST_WAIT_SECONDS = 1e10


def _send(
    destination_id: str,
    message: Any,
    topic: str | None = None,
    idempotency_key: str | None = None,
) -> Protocol[None]:
    """Send a message to a workflow, which takes it with ``recv``.

    Inside a workflow it is sent exactly once. In plain code it is sent once for each
    ``idempotency_key``, or for each id given with ``SetWorkflowID``.
    Raises ``DBOSNonExistentWorkflowError`` when there is no such workflow.
    """
    from dbos.system import messages, workflows
    from dbos.system.statement import together

    now = runtime.active()
    valid_text(destination_id, "The id of a receiver")
    if topic is not None:
        valid_text(topic, "A topic")
    if idempotency_key is not None:
        valid_text(idempotency_key, "An idempotency key")
    frame = None if operation.part_of_step() else operation.in_workflow(SEND)
    body = serialize.encode(message, what="message", allow_pickle=now.settings.allow_pickle)
    begun = None
    if frame is not None:
        digest = serialize.digest(destination_id, topic, body.text)
        begun = operation.begin(frame, SEND, digest)
        if begun.recorded is not None:
            drive.unwrap(operation.replayed(begun))
            return
        message_id = f"{begun.execution.workflow_id}-{begun.position}"
    else:
        assigned = None if idempotency_key else context.take_assigned_id()
        key = idempotency_key or (assigned.workflow_id if assigned else None)
        message_id = f"{destination_id}::{key}" if key else seam.new_id()
    write = messages.send(
        message_id=message_id,
        destination_id=destination_id,
        topic=topic,
        message=body.text,
        serialization=body.serialization,
        now=seam.now_ms(),
        arrival=seam.order(),
    )
    if begun is None:
        if not (yield Save(write)):
            ending = yield Load(workflows.read_ending(destination_id))
            if ending is None:
                raise DBOSNonExistentWorkflowError(destination_id)
        return
    from dbos.system import steps

    execution = begun.execution
    record = operation.record_of(begun)
    workflow_id, owner = execution.workflow_id, execution.owner
    status = yield Save(messages.send_recorded(write, workflow_id, owner, record))
    sent = status is not None
    if not sent:
        recording = steps.record(workflow_id, owner, record)
        sent, status = yield Save(together(write.what, write, recording))
    counted = yield from operation.settle(begun, record, status)
    if not sent and counted is record:
        ending = yield Load(workflows.read_ending(destination_id))
        if ending is None:
            raise DBOSNonExistentWorkflowError(destination_id)


def bulk(messages: Sequence[SendMessage]) -> Protocol[None]:
    """Send several messages; inside a workflow each is sent exactly once."""
    for message in messages:
        yield from _send(
            message.destination_id,
            message.message,
            message.topic,
            idempotency_key=message.idempotency_key,
        )
        yield Proceed()


def _recv(topic: str | None = None, timeout_seconds: float = 60) -> Protocol[Any]:
    """Take the oldest message of ``topic``, waiting up to ``timeout_seconds``; None when none came.

    Without a topic, only messages sent without one are taken. The time counts from the first call,
    over restarts.
    """
    if topic is not None:
        valid_text(topic, "A topic")
    frame = operation.require_workflow(RECV)
    seconds = max(0.0, min(valid_seconds(timeout_seconds, "timeout_seconds"), LONGEST_WAIT_SECONDS))
    begun = operation.begin(frame, RECV, serialize.digest(topic), with_timeout=True)
    if begun.recorded is not None:
        return drive.unwrap(operation.replayed(begun))
    execution = begun.execution
    wakes = execution.runtime.system.wakes
    keys = (("message", execution.workflow_id, _channel(topic)), _own(execution.workflow_id))
    with wakes.subscribe(*keys) as subscription:
        found = yield from _take(begun, topic, expired=seconds == 0)
        wake_ms: int | None = None
        while found is None:
            if wake_ms is None:
                wake_ms = yield from until(begun, seconds)
            remaining = (wake_ms - seam.now_ms()) / 1000
            if remaining > 0:
                deadline = seam.monotonic() + remaining
                yield from operation.pause(execution, subscription, deadline)
            found = yield from _take(begun, topic, expired=wake_ms <= seam.now_ms())
    return found[0]


def _own(workflow_id: str) -> tuple[str, ...]:
    return ("workflow", workflow_id)


def _channel(topic: str | None) -> str:
    from dbos.system.messages import NO_TOPIC

    return NO_TOPIC if topic is None else topic


def _take(
    begun: operation.Operation, topic: str | None, *, expired: bool
) -> Protocol[tuple[Any] | None]:
    """Consume a message and record it, in one transaction; after the timeout, record None."""
    from dbos.system import messages, steps
    from dbos.system.statement import Script, Transaction

    execution = begun.execution
    workflow_id, position = execution.workflow_id, begun.position
    attempts = itertools.count(1)

    def body(transaction: Transaction) -> tuple[Any, ...] | None:
        attempt = next(attempts)
        found = messages.consume(
            transaction,
            workflow_id=workflow_id,
            owner=execution.owner,
            topic=topic,
            position=position,
        )
        if found is None and attempt > 1:
            # Tried again because the answer to the commit was lost: it may have taken one.
            found = messages.consumed(transaction, workflow_id=workflow_id, position=position)
        if found is None and not expired:
            return None
        stored = serialize.Encoded(*found) if found else serialize.Encoded("null", serialize.JSON)
        record = operation.record_of(begun, output=stored)
        write = steps.record(execution.workflow_id, execution.owner, record)
        return stored, record, write.apply(transaction)

    script = Script(what=f"receive a message in workflow {execution.workflow_id}", body=body)
    taken = yield Save(script)
    if taken is None:
        return None
    stored, record, status = taken
    counted = yield from operation.settle(begun, record, status)
    if counted is not record:
        return (drive.unwrap(operation.replayed(replace(begun, recorded=counted))),)
    return (serialize.decode(stored.text, stored.serialization),)


def until(begun: operation.Operation, seconds: float) -> Protocol[int]:
    """The wall-clock time at which a waiting operation gives up, recorded on its first try."""
    timeout = operation.timeout_of(begun)
    if timeout.recorded is not None:
        return int(drive.unwrap(operation.replayed(timeout)))
    wake_ms = begun.started_at + int(seconds * 1000)
    yield from operation.complete(timeout, drive.Returned(wake_ms), "timeout")
    return wake_ms


send = drive.blocking(_send)
send_async = drive.awaitable(_send)
send_bulk = drive.blocking(bulk)
send_bulk_async = drive.awaitable(bulk)
recv = drive.blocking(_recv)
recv_async = drive.awaitable(_recv)
