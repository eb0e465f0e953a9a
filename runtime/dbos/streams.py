"""Streams: values that a workflow appends under a key and anybody may follow.

In: keys and values. Out: ``write_stream``, ``close_stream``, ``read_stream`` and their twins. Never
writes a value twice: a write is recorded with the value; only a step that is run again after a
crash may repeat what it wrote.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from dbos.error import (
    DBOSException,
    DBOSNonExistentWorkflowError,
    DBOSStreamTimeoutError,
    DBOSWorkflowConflictIDError,
)
from dbos.kernel import context, drive, operation, runtime, seam
from dbos.kernel.drive import Load, Outcome, Protocol, Raised, Returned, Save
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize
from dbos.values.formats import WorkflowSerializationFormat

if TYPE_CHECKING:
    from dbos.kernel.execution import Execution
    from dbos.system.streams import Item

WRITE_STREAM = "DBOS.writeStream"
CLOSE_STREAM = "DBOS.closeStream"
READ_STREAM = "DBOS.readStream"
READ_STREAM_OFFSET = "DBOS.readStreamOffset"
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


def _write_stream(
    key: str,
    value: Any,
    *,
    serialization_type: WorkflowSerializationFormat = WorkflowSerializationFormat.DEFAULT,
) -> Protocol[None]:
    """Append ``value`` to the stream ``key`` of this workflow; allowed in its steps, too.

    ``serialization_type`` says in which form; by default in that of the workflow.

    Raises ``DBOSException`` outside a workflow and on a closed stream.
    """
    from dbos.system.streams import Item

    frame = context.frame.get()
    stored = runtime.active().settings.writing.encode(
        value,
        what=f"stream {key!r}",
        asked=serialization_type,
        portable_default=frame is not None and frame.execution.is_portable,
    )
    item = Item(stored.text, stored.serialization)
    seen = serialize.comparable(value, stored)
    return (yield from _append(key, item, WRITE_STREAM, seen))


def _close_stream(key: str) -> Protocol[None]:
    """End the stream ``key``: readers stop, and later writes are refused.

    Closing it again changes nothing.
    """
    from dbos.system.streams import CLOSED, Item

    return (yield from _append(key, Item(None, CLOSED), CLOSE_STREAM, None))


def _append(key: str, item: Item, name: str, seen: object) -> Protocol[None]:
    from dbos.system import streams

    valid_text(key, "The key of a stream")
    frame = context.frame.get()
    if frame is None:
        raise DBOSException(f"{name} works only inside a workflow; call it from one")
    execution = frame.execution
    closed = DBOSException(
        f"Stream {key!r} of workflow {execution.workflow_id!r} is closed; nothing was written"
    )
    refused = None if item.is_end else closed
    if frame.step is not None:
        is_open = yield Save(
            streams.append_from_step(
                execution.workflow_id, execution.owner, frame.step.step_id, key=key, item=item
            )
        )
        if is_open is None:
            raise DBOSWorkflowConflictIDError(execution.workflow_id)
    else:
        begun = operation.begin(frame, name, serialize.digest(key, seen))
        if begun.recorded is not None:
            drive.unwrap(operation.replayed(begun))
            return
        record = operation.record_of(begun)
        refusal = record
        if refused is not None:
            refusal = operation.record_of(begun, error=serialize.encode_error(refused)[0])
        status, is_open = yield Save(
            streams.append(
                execution.workflow_id, execution.owner, record, refusal, key=key, item=item
            )
        )
        yield from operation.settle(begun, record, status)
    if not is_open and refused is not None:
        raise refused


def _next_value(
    workflow_id: str,
    key: str,
    offset: int,
    deadline: float | None,
    name: str = READ_STREAM,
) -> Protocol[tuple[bool, Any]]:
    """The value at an offset, waiting for it; (False, None) where the stream ends.

    A stream also ends where its workflow ended without closing it. Inside a workflow each value
    read is recorded, and so is that none came in time.
    """
    frame = operation.recording()
    if frame is None:
        found, value = drive.unwrap((yield from _awaited(None, workflow_id, key, offset, deadline)))
        return found, value
    begun = operation.begin(frame, name, serialize.digest(workflow_id, key, offset))
    if begun.recorded is not None:
        outcome = operation.replayed(begun)
    else:
        execution = frame.execution
        outcome = yield from _awaited(execution, workflow_id, key, offset, deadline)
        outcome = yield from operation.complete(begun, outcome, f"stream {key!r}")
    known: list[Any] = drive.unwrap(outcome)
    return bool(known[0]), known[1]


def _awaited(
    execution: Execution | None, workflow_id: str, key: str, offset: int, deadline: float | None
) -> Protocol[Outcome]:
    """Wait for the value at an offset: [True, value], [False, None] at the end, or a timeout."""
    from dbos.system import streams, workflows

    now = runtime.active()
    keys: list[tuple[str, ...]] = [("stream", workflow_id, key), ("workflow", workflow_id)]
    if execution is not None:
        keys.append(("workflow", execution.workflow_id))
    with now.system.wakes.subscribe(*keys) as subscription:
        while True:
            ending = yield Load(workflows.read_ending(workflow_id))
            items = yield Load(streams.read_items(workflow_id, key, offset, 1))
            if items and not items[0].is_end:
                return Returned([True, serialize.decode(items[0].value, items[0].serialization)])
            if items or (ending is not None and ending.status in ENDED):
                return Returned([False, None])
            if ending is None:
                return Raised(DBOSNonExistentWorkflowError(workflow_id))
            if deadline is not None and seam.monotonic() >= deadline:
                return Raised(DBOSStreamTimeoutError(workflow_id, key))
            yield from operation.pause(execution, subscription, deadline)


def read_stream(
    workflow_id: str,
    key: str,
    *,
    offset: int = 0,
    polling_interval_sec: float | None = None,
    timeout_seconds: float | None = None,
) -> Iterator[Any]:
    """The values of a stream from ``offset`` on, until it is closed or its workflow has ended.

    ``timeout_seconds`` bounds the wait for each next value: then ``DBOSStreamTimeoutError`` is
    raised. ``polling_interval_sec`` is accepted and not needed: a write wakes its readers.
    Raises ``DBOSNonExistentWorkflowError`` when there is no such workflow.
    """
    _check(workflow_id, key, offset)
    system = runtime.active().system
    while True:
        found, value = drive.run(
            _next_value(workflow_id, key, offset, _deadline(timeout_seconds)), system
        )
        if not found:
            return
        yield value
        offset += 1


async def read_stream_async(
    workflow_id: str,
    key: str,
    *,
    offset: int = 0,
    polling_interval_sec: float | None = None,
    timeout_seconds: float | None = None,
) -> AsyncIterator[Any]:
    """Like ``read_stream``, for a coroutine; waiting holds no thread."""
    _check(workflow_id, key, offset)
    system = runtime.active().system
    while True:
        found, value = await drive.run_async(
            _next_value(workflow_id, key, offset, _deadline(timeout_seconds)), system
        )
        if not found:
            return
        yield value
        offset += 1


def _value_at(
    workflow_id: str,
    key: str,
    offset: int,
    *,
    polling_interval_sec: float | None = None,
    timeout_seconds: float | None = None,
) -> Protocol[Any]:
    """The one value at ``offset`` of a stream, waiting until it is written.

    Raises ``DBOSStreamTimeoutError`` when it was not written within ``timeout_seconds``, or never
    will be because the stream was closed or its workflow ended before it, and
    ``DBOSNonExistentWorkflowError`` when there is no such workflow.
    """
    _check(workflow_id, key, offset)
    deadline = _deadline(timeout_seconds)
    found, value = yield from _next_value(workflow_id, key, offset, deadline, READ_STREAM_OFFSET)
    if not found:
        raise DBOSStreamTimeoutError(workflow_id, key)
    return value


def _check(workflow_id: str, key: str, offset: int) -> None:
    valid_text(workflow_id, "A workflow id")
    valid_text(key, "The key of a stream")
    if type(offset) is not int or offset < 0:
        raise DBOSException(f"The offset of a stream must be 0 or more, not {offset!r}")


def _deadline(timeout_seconds: float | None) -> float | None:
    if timeout_seconds is None:
        return None
    return seam.monotonic() + max(0.0, valid_seconds(timeout_seconds, "timeout_seconds"))


write_stream = drive.blocking(_write_stream)
write_stream_async = drive.awaitable(_write_stream)
close_stream = drive.blocking(_close_stream)
close_stream_async = drive.awaitable(_close_stream)
read_stream_offset = drive.blocking(_value_at)
read_stream_offset_async = drive.awaitable(_value_at)
