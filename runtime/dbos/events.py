"""Events: values a workflow publishes under a key for anybody to read.

In: keys and values. Out: ``set_event``, ``get_event``, ``get_all_events`` and their twins. Never
lets a replay see another value than the first run saw: what a workflow reads is recorded.
"""

from __future__ import annotations

from typing import Any

from dbos.error import DBOSWorkflowConflictIDError
from dbos.kernel import drive, operation, runtime, seam
from dbos.kernel.drive import Load, Protocol, Returned, Save
from dbos.messages import LONGEST_WAIT_SECONDS, until
from dbos.validity import valid_seconds, valid_text
from dbos.values import serialize
from dbos.values.formats import WorkflowSerializationFormat

SET_EVENT = "DBOS.setEvent"
GET_EVENT = "DBOS.getEvent"
GET_EVENTS = "DBOS.get_events"


def _set_event(
    key: str,
    value: Any,
    *,
    serialization_type: WorkflowSerializationFormat = WorkflowSerializationFormat.DEFAULT,
) -> Protocol[None]:
    """Publish ``value`` under ``key``, replacing an earlier value of this workflow.

    ``serialization_type`` says in which form; by default in that of the workflow.
    """
    from dbos.system import events

    valid_text(key, "The key of an event")
    frame = operation.part_of_step() or operation.require_workflow("DBOS.set_event")
    execution = frame.execution
    stored = execution.runtime.settings.writing.encode(
        value,
        what=f"event {key!r}",
        asked=serialization_type,
        portable_default=execution.is_portable,
    )
    if frame.step is not None:
        # Part of the step: published when the step runs, and again should it run again.
        write = events.publish_unrecorded(
            execution.workflow_id,
            execution.owner,
            frame.step.step_id,
            key=key,
            value=stored.text,
            serialization=stored.serialization,
        )
        if not (yield Save(write)):
            raise DBOSWorkflowConflictIDError(execution.workflow_id)
        return
    seen = serialize.digest(key, serialize.comparable(value, stored))
    begun = operation.begin(frame, SET_EVENT, seen)
    if begun.recorded is not None:
        return
    record = operation.record_of(begun)
    status = yield Save(
        events.publish(
            execution.workflow_id,
            execution.owner,
            record,
            key=key,
            value=stored.text,
            serialization=stored.serialization,
        )
    )
    yield from operation.settle(begun, record, status)


def _get_event(workflow_id: str, key: str, timeout_seconds: float = 60) -> Protocol[Any]:
    """The value a workflow published, waiting up to ``timeout_seconds``; None when none came."""
    from dbos.system import events

    valid_text(workflow_id, "A workflow id")
    valid_text(key, "The key of an event")
    seconds = max(0.0, min(valid_seconds(timeout_seconds, "timeout_seconds"), LONGEST_WAIT_SECONDS))
    now = runtime.active()
    frame = operation.recording()
    begun = None
    if frame is not None:
        digest = serialize.digest(workflow_id, key)
        begun = operation.begin(frame, GET_EVENT, digest, with_timeout=True)
        if begun.recorded is not None:
            return drive.unwrap(operation.replayed(begun))
        taken = yield from _take(begun, workflow_id, key)
        if taken is not None:
            return taken[0]
    keys: list[tuple[str, ...]] = [("event", workflow_id, key)]
    if frame is not None:
        keys.append(("workflow", frame.execution.workflow_id))
    deadline = seam.monotonic() + seconds
    recorded = False
    with now.system.wakes.subscribe(*keys) as subscription:
        while True:
            found = yield Load(events.read_event(workflow_id, key))
            if found is not None or seam.monotonic() >= deadline:
                break
            if begun is not None and not recorded:
                wake_ms = yield from until(begun, seconds)
                deadline = seam.monotonic() + max(0.0, (wake_ms - seam.now_ms()) / 1000)
                recorded = True
            waiting = None if frame is None else frame.execution
            yield from operation.pause(waiting, subscription, deadline)
    value = None if found is None else serialize.decode(*found)
    if begun is None:
        return value
    outcome = yield from operation.complete(begun, Returned(value), f"event {key!r}")
    return drive.unwrap(outcome)


def _take(begun: operation.Operation, workflow_id: str, key: str) -> Protocol[tuple[Any] | None]:
    """The event when it is there already, read and recorded at once."""
    from dbos.system import events

    execution, record = begun.execution, operation.record_of(begun)
    taken = yield Save(
        events.take_event(
            execution.workflow_id, execution.owner, record, publisher_id=workflow_id, key=key
        )
    )
    if taken is None:
        return None
    status, text, serialization = taken
    yield from operation.settle(begun, record, status)
    return (serialize.decode(text, serialization),)


def _get_all_events(workflow_id: str) -> Protocol[dict[str, Any]]:
    """All events of a workflow as they are now."""
    from dbos.system import events

    valid_text(workflow_id, "A workflow id")
    frame = operation.recording()
    begun = None
    if frame is not None:
        begun = operation.begin(frame, GET_EVENTS, serialize.digest(workflow_id))
        if begun.recorded is not None:
            stored: dict[str, Any] = drive.unwrap(operation.replayed(begun))
            return stored
    found = yield Load(events.read_events(workflow_id))
    values = {key: serialize.decode(*stored) for key, stored in found.items()}
    if begun is not None:
        outcome = yield from operation.complete(begun, Returned(values), "events")
        values = drive.unwrap(outcome)
    return values


set_event = drive.blocking(_set_event)
set_event_async = drive.awaitable(_set_event)
get_event = drive.blocking(_get_event)
get_event_async = drive.awaitable(_get_event)
get_all_events = drive.blocking(_get_all_events)
get_all_events_async = drive.awaitable(_get_all_events)
