"""Copies and removals of whole workflows: fork and delete.

In: workflow ids. Out: ``Script`` values that touch all tables of a workflow in one transaction.
Never changes the workflow that is copied, except for the note that it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dbos.error import DBOSConflictingWorkflowError, DBOSNonExistentWorkflowError
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import delete, func, select, update
from dbos.system.statement import Script, Transaction, statement

_KEPT = (
    *("name", "class_name", "config_name", "authenticated_user", "assumed_role"),
    *("authenticated_roles", "inputs", "serialization", "application_id", "application_name"),
    *("attributes",),
)
# Without the digests of arguments: a workflow that hands on its own id, as an idempotency key for
# instance, has other arguments in a copy, and so has one whose child is replaced.
_STEP = (
    *("function_id", "function_name", "output", "error", "serialization", "child_workflow_id"),
    *("started_at_epoch_ms", "completed_at_epoch_ms", "position"),
)


@statement
def COPY_STATUS(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    given: dict[str, Any] = {
        "workflow_uuid": text_bind("new_id"),
        "status": text_bind("status"),
        "queue_name": text_bind("queue_name"),
        "queue_partition_key": text_bind("partition_key"),
        "application_version": text_bind("application_version"),
        "workflow_timeout_ms": whole_bind("timeout_ms"),
        "forked_from": table.c.workflow_uuid,
        "created_at": whole_bind("now"),
        "updated_at": whole_bind("now"),
        "arrival": whole_bind("arrival"),
        # not a first execution: whoever claims it loads the copied history
        "executions": whole_bind("executions"),
    }
    columns = [*(table.c[name] for name in _KEPT), *given.values()]
    source = select(*columns).where(table.c.workflow_uuid == text_bind("old_id"))
    names = [*_KEPT, *given]
    return spoken.insert(table).from_select(names, source).on_conflict_do_nothing()


@statement
def COPY_STEPS(spoken: Language) -> Any:
    table = spoken.tables.operation_outputs
    source = select(text_bind("new_id"), *(table.c[name] for name in _STEP)).where(
        table.c.workflow_uuid == text_bind("old_id"),
        table.c.function_id < whole_bind("start_step"),
    )
    names = ["workflow_uuid", *_STEP]
    return spoken.insert(table).from_select(names, source).on_conflict_do_nothing()


@statement
def COPY_EVENT_HISTORY(spoken: Language) -> Any:
    table = spoken.tables.workflow_events_history
    kept = ("function_id", "key", "value", "serialization")
    source = select(text_bind("new_id"), *(table.c[name] for name in kept)).where(
        table.c.workflow_uuid == text_bind("old_id"),
        table.c.function_id < whole_bind("start_step"),
    )
    names = ["workflow_uuid", *kept]
    return spoken.insert(table).from_select(names, source).on_conflict_do_nothing()


@statement
def COPY_STREAMS(spoken: Language) -> Any:
    table = spoken.tables.streams
    kept = ("key", "offset", "function_id", "value", "serialization")
    source = select(text_bind("new_id"), *(table.c[name] for name in kept)).where(
        table.c.workflow_uuid == text_bind("old_id"),
        table.c.function_id < whole_bind("start_step"),
    )
    names = ["workflow_uuid", *kept]
    return spoken.insert(table).from_select(names, source).on_conflict_do_nothing()


@statement
def RESTORE_EVENTS(spoken: Language) -> Any:
    """The newest copied value of each key."""
    history, events = spoken.tables.workflow_events_history, spoken.tables.workflow_events
    newest = (
        select(history.c.key, func.max(history.c.function_id).label("function_id"))
        .where(history.c.workflow_uuid == text_bind("new_id"))
        .group_by(history.c.key)
        .subquery()
    )
    source = (
        select(history.c.workflow_uuid, history.c.key, history.c.value, history.c.serialization)
        .join(
            newest,
            (newest.c.key == history.c.key) & (newest.c.function_id == history.c.function_id),
        )
        .where(history.c.workflow_uuid == text_bind("new_id"))
    )
    names = ["workflow_uuid", "key", "value", "serialization"]
    return spoken.insert(events).from_select(names, source).on_conflict_do_nothing()


@statement
def KNOWN(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.status).where(table.c.workflow_uuid == text_bind("workflow_uuid"))


@statement
def ORIGIN(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.forked_from).where(table.c.workflow_uuid == text_bind("workflow_uuid"))


@statement
def FORGET_RESULTS(spoken: Language) -> Any:
    """What the original has waited for: the copy asks again, and gets the replacement's answer."""
    table = spoken.tables.operation_outputs
    of_child = (table.c.function_name == "DBOS.getResult") & (
        table.c.child_workflow_id == text_bind("child")
    )
    return delete(table).where(
        table.c.workflow_uuid == text_bind("new_id"),
        of_child | (table.c.function_name == "DBOS.waitFirst"),
    )


@statement
def POINT_TO(spoken: Language) -> Any:
    table = spoken.tables.operation_outputs
    return (
        update(table)
        .where(
            table.c.workflow_uuid == text_bind("new_id"),
            table.c.child_workflow_id == text_bind("child"),
        )
        .values(child_workflow_id=text_bind("replacement"))
    )


@statement
def NOTE_FORK(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table).where(table.c.workflow_uuid == text_bind("old_id")).values(was_forked_from=1)
    )


def fork(
    *,
    old_id: str,
    new_id: str,
    start_step: int,
    queue_name: str,
    partition_key: str | None,
    application_version: str | None,
    timeout_ms: int | None,
    now: int,
    arrival: int,
    replacements: Mapping[str, str] | None = None,
) -> Script[bool]:
    """Copy a workflow with its steps before ``start_step``; False when there is none to copy.

    ``replacements`` maps ids of children to those of others that take their places in the copy.
    A fork that is there already stays as it is. Raises ``DBOSNonExistentWorkflowError``, with
    nothing copied, when a replacement is unknown, and ``DBOSConflictingWorkflowError`` when another
    workflow has the new id.
    """

    def body(transaction: Transaction) -> bool:
        copied = transaction.run(
            COPY_STATUS,
            old_id=old_id,
            new_id=new_id,
            status="ENQUEUED",
            queue_name=queue_name,
            partition_key=partition_key,
            application_version=application_version,
            timeout_ms=timeout_ms,
            now=now,
            arrival=arrival,
            executions=1,
        )
        if not copied.count:
            return _is_there(transaction, new_id, old_id)
        for copy in (COPY_STEPS, COPY_EVENT_HISTORY, COPY_STREAMS):
            transaction.run(copy, old_id=old_id, new_id=new_id, start_step=start_step)
        for child, replacement in (replacements or {}).items():
            _replace_child(transaction, new_id, child, replacement)
        transaction.run(RESTORE_EVENTS, new_id=new_id)
        transaction.run(NOTE_FORK, old_id=old_id)
        return True

    return Script(what=f"fork workflow {old_id}", body=body, wakes=(("queue", queue_name),))


def _is_there(transaction: Transaction, new_id: str, old_id: str) -> bool:
    """Whether nothing was copied because this fork was made before."""
    found = transaction.run(ORIGIN, workflow_uuid=new_id).first()
    if found is not None and found[0] != old_id:
        raise DBOSConflictingWorkflowError(new_id, f"by one that is no fork of {old_id!r}")
    return found is not None


def _replace_child(transaction: Transaction, new_id: str, child: str, replacement: str) -> None:
    if not transaction.run(KNOWN, workflow_uuid=replacement).rows:
        raise DBOSNonExistentWorkflowError(replacement)
    transaction.run(FORGET_RESULTS, new_id=new_id, child=child)
    transaction.run(POINT_TO, new_id=new_id, child=child, replacement=replacement)


def _removal(table_name: str, column: str) -> Any:
    def build(spoken: Language) -> Any:
        table = getattr(spoken.tables, table_name)
        return delete(table).where(spoken.among(table.c[column], "ids"))

    return build


_REMOVALS = tuple(
    statement(_removal(table_name, column))
    for table_name, column in (
        ("operation_outputs", "workflow_uuid"),
        ("notifications", "destination_uuid"),
        ("workflow_events", "workflow_uuid"),
        ("workflow_events_history", "workflow_uuid"),
        ("streams", "workflow_uuid"),
        ("transaction_outputs", "workflow_uuid"),
        ("workflow_status", "workflow_uuid"),
    )
)


def remove(spoken: Language, ids: list[str]) -> Script[None]:
    """Delete workflows with everything that belongs to them; unknown ids do nothing."""

    def body(transaction: Transaction) -> None:
        for removal in _REMOVALS:
            transaction.run(removal, ids=spoken.listed(ids))

    keys = tuple(("workflow", id) for id in ids)
    return Script(what="delete workflows", body=body, wakes=keys)
