"""Messages: send to a workflow, receive in it.

In: a destination, a value and a topic. Out: ``send``, ``recv`` and their twins. Never delivers
twice: a message is consumed in the transaction that records the ``recv``, and a repeated send is
recognised by its id. Never sends a part of ``send_bulk``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSNonExistentWorkflowError
from dbos.kernel import context, drive, operation, runtime, seam
from dbos.kernel.drive import Load, Protocol, Save
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize
from dbos.values.formats import WorkflowSerializationFormat

if TYPE_CHECKING:
    from dbos.system.messages import Letter


@dataclass(frozen=True, slots=True)
class SendMessage:
    """One message of ``send_bulk``."""

    destination_id: str
    message: Any
    topic: str | None = None
    idempotency_key: str | None = None


SEND = "DBOS.send"
SEND_BULK = "DBOS.send_bulk"
RECV = "DBOS.recv"
LONGEST_WAIT_SECONDS = 1e10


def _send(
    destination_id: str,
    message: Any,
    topic: str | None = None,
    idempotency_key: str | None = None,
    *,
    serialization_type: WorkflowSerializationFormat = WorkflowSerializationFormat.DEFAULT,
    send_to_forks: bool = False,
) -> Protocol[None]:
    """Send a message to a workflow, which takes it with ``recv``.

    Inside a workflow it is sent exactly once. In plain code it is sent once for each
    ``idempotency_key``, or for each id given with ``SetWorkflowID``. With ``send_to_forks`` the
    forks of the workflow, their forks and so on get it as well. ``serialization_type`` says in
    which form; by default in that of the sending workflow.
    Raises ``DBOSNonExistentWorkflowError`` when there is no such workflow.
    """
    given = SendMessage(destination_id, message, topic, idempotency_key)
    return (yield from _post(SEND, [given], serialization_type, send_to_forks))


def bulk(
    messages: Sequence[SendMessage],
    *,
    serialization_type: WorkflowSerializationFormat = WorkflowSerializationFormat.DEFAULT,
    send_to_forks: bool = False,
) -> Protocol[None]:
    """Send several messages, all or none of them; inside a workflow that is one operation.

    Raises ``DBOSNonExistentWorkflowError`` when one of the receivers does not exist.
    """
    return (yield from _post(SEND_BULK, list(messages), serialization_type, send_to_forks))


def _post(
    name: str,
    given: Sequence[SendMessage],
    asked: WorkflowSerializationFormat,
    send_to_forks: bool,
) -> Protocol[None]:
    letters = [_checked(one, asked) for one in given]
    frame = operation.recording()
    begun = None
    if frame is not None:
        told = [_comparable(*both) for both in zip(given, letters, strict=True)]
        seen = told[0] if name == SEND else (told,)
        begun = operation.begin(frame, name, serialize.digest(*seen))
        if begun.recorded is not None:
            drive.unwrap(operation.replayed(begun))
            return
        signed = f"{_owner(begun.execution.workflow_id)}-{begun.position}"
        single = name == SEND
        letters = [
            replace(one, message_id=signed if single else f"{signed}/{place}")
            for place, one in enumerate(letters)
        ]
    if send_to_forks:
        letters = yield from _with_forks(letters)
    yield from _leave(begun, letters)


def _checked(given: SendMessage, asked: WorkflowSerializationFormat) -> Letter:
    """A message that can be stored, with the id that makes a repetition the same message."""
    from dbos.system.messages import Letter

    destination = valid_text(given.destination_id, "The id of a receiver")
    if given.topic is not None:
        valid_text(given.topic, "A topic")
    key = given.idempotency_key
    if key is not None:
        valid_text(key, "An idempotency key")
    elif operation.recording() is None:
        assigned = context.take_assigned_id()
        key = assigned.workflow_id if assigned else None
    sender = context.frame.get()
    body = runtime.active().settings.writing.encode(
        given.message,
        what="message",
        asked=asked,
        portable_default=sender is not None and sender.execution.is_portable,
    )
    message_id = f"{_owner(destination)}::{key}" if key else seam.new_id()
    return Letter(message_id, destination, given.topic, body.text, body.serialization, seam.order())


def _comparable(given: SendMessage, letter: Letter) -> tuple[object, ...]:
    """What replay compares of a message."""
    body = serialize.Encoded(letter.message, letter.serialization)
    return letter.destination_id, letter.topic, serialize.comparable(given.message, body)


def _owner(workflow_id: str) -> str:
    """A workflow's id as the first part of a message's id.

    Message ids of different kinds must never be equal, or one message would be taken for the
    repetition of another and be lost. Without a colon in it, this part ends before the first "::",
    or else before the last "-", which no position and no place in ``send_bulk`` holds.
    """
    return workflow_id.replace("%", "%25").replace(":", "%3A")


def _with_forks(letters: Sequence[Letter]) -> Protocol[list[Letter]]:
    """The letters, and the same ones for all forks of their receivers."""
    from dbos.system import descendants

    found: list[Letter] = []
    spoken = runtime.active().system.language
    for letter in letters:
        found.append(letter)
        forks = yield Load(descendants.read_forks(spoken, letter.destination_id))
        for fork in forks:
            own_id = f":{_owner(fork)}::{letter.message_id}"
            found.append(
                replace(letter, message_id=own_id, destination_id=fork, arrival=seam.order())
            )
    return found


def _leave(begun: operation.Operation | None, letters: Sequence[Letter]) -> Protocol[None]:
    """Commit the letters and, inside a workflow, the record that they are sent."""
    from dbos.system import messages

    now = seam.now_ms()
    if begun is None:
        if letters:
            yield Save(messages.leave(letters, now))
        return
    execution = begun.execution
    record = operation.record_of(begun)
    status = None
    if len(letters) == 1:
        write = messages.send(letters[0], now)
        sent = messages.send_recorded(write, execution.workflow_id, execution.owner, record)
        status = yield Save(sent)
    if status is None:
        try:
            status = yield Save(
                messages.leave_recorded(
                    letters, now, execution.workflow_id, execution.owner, record
                )
            )
        except DBOSNonExistentWorkflowError as error:
            # That there is no receiver is an answer too: replay gives it again.
            outcome = yield from operation.complete(begun, drive.Raised(error), "error")
            drive.unwrap(outcome)
            return
    yield from operation.settle(begun, record, status)


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
