"""Looking at workflows: counts, pages by key, and what one workflow has sent, got and written.

In: filters and the key of the last row of the page before. Out: ``Read`` values with plain rows,
their payloads still encoded. Every query reads a bounded number of rows; none decodes a payload.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import and_, func, literal_column, or_, select
from dbos.system.statement import Read, Statement, Transaction, statement

# Statuses are counted among this many of the newest workflows.
COUNTED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which workflows to show; None means any. Times in epoch milliseconds, inclusive."""

    status: str | None = None
    name: str | None = None
    queue_name: str | None = None
    application_version: str | None = None
    executor_id: str | None = None
    authenticated_user: str | None = None
    parent_workflow_id: str | None = None
    id_prefix: str | None = None
    created_from: int | None = None
    created_to: int | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """One line of a list of workflows. Times in epoch milliseconds."""

    workflow_id: str
    name: str
    status: str
    queue_name: str | None
    application_version: str | None
    executor_id: str | None
    created_at: int | None
    completed_at: int | None
    recovery_attempts: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One recorded operation with its encoded outcome. Times in epoch milliseconds."""

    number: int
    name: str
    position: str | None
    output: str | None
    error: str | None
    serialization: str | None
    child_workflow_id: str | None
    started_at: int | None
    completed_at: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that waits to be received."""

    topic: str | None
    message: str | None
    serialization: str | None
    created_at: int | None


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: its key, how many values it has, and the last of them."""

    key: str
    values: int
    last: str | None
    serialization: str | None


@dataclass(frozen=True, slots=True)
class Process:
    """One launched process. Times in epoch milliseconds, by its own clock."""

    process_token: str
    executor_id: str
    host: str | None
    pid: int | None
    application_version: str | None
    started_at: int | None
    heartbeat_at: int | None


@statement
def STATUSES(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    newest = (
        select(table.c.status)
        .order_by(table.c.created_at.desc(), table.c.workflow_uuid.desc())
        .limit(COUNTED)
        .subquery()
    )
    return select(newest.c.status, func.count()).group_by(newest.c.status)


@statement
def OPERATIONS(spoken: Language) -> Any:
    table = spoken.tables.operation_outputs
    return (
        select(
            *(table.c.function_id, table.c.function_name, table.c.position, table.c.output),
            *(table.c.error, table.c.serialization, table.c.child_workflow_id),
            *(table.c.started_at_epoch_ms, table.c.completed_at_epoch_ms),
        )
        .where(
            table.c.workflow_uuid == text_bind("workflow_uuid"),
            table.c.function_id > whole_bind("after"),
        )
        .order_by(table.c.function_id)
        .limit(whole_bind("most"))
    )


@statement
def NAMES(spoken: Language) -> Any:
    table = spoken.tables.operation_outputs
    return (
        select(table.c.function_name, table.c.position, table.c.error.is_not(None))
        .where(table.c.workflow_uuid == text_bind("workflow_uuid"))
        .order_by(table.c.function_id)
        .limit(whole_bind("most"))
    )


@statement
def LETTERS(spoken: Language) -> Any:
    table = spoken.tables.notifications
    return (
        select(
            *(table.c.topic, table.c.message, table.c.serialization),
            table.c.created_at_epoch_ms,
        )
        .where(
            table.c.destination_uuid == text_bind("workflow_uuid"),
            # as in the index of unread messages; what was received stands among the operations
            table.c.consumed == literal_column("0"),
        )
        .order_by(table.c.arrival)
        .limit(whole_bind("most"))
    )


@statement
def STREAMS(spoken: Language) -> Any:
    table = spoken.tables.streams
    mine = table.c.workflow_uuid == text_bind("workflow_uuid")
    last = (
        select(table.c.key, func.count().label("values"), func.max(table.c.offset).label("last"))
        .where(mine)
        .group_by(table.c.key)
        .subquery()
    )
    return (
        select(last.c.key, last.c["values"], table.c.value, table.c.serialization)
        .join(table, and_(mine, table.c.key == last.c.key, table.c.offset == last.c.last))
        .order_by(last.c.key)
        .limit(whole_bind("most"))
    )


@statement
def PROCESSES(spoken: Language) -> Any:
    table = spoken.tables.executors
    names = [one.name for one in fields(Process)]
    return select(*(table.c[name] for name in names)).order_by(table.c.started_at.desc())


def read_statuses() -> Read[dict[str, int]]:
    """How many workflows are in each status, among the newest ``COUNTED``."""

    def body(transaction: Transaction) -> dict[str, int]:
        return {status: count for status, count in transaction.run(STATUSES).rows}

    return Read(what="count workflows by status", body=body)


def read_page(asked: Choice, before: tuple[int, str] | None, most: int) -> Read[list[Brief]]:
    """The newest workflows behind the key ``before``: created_at and id of the last one shown."""

    def build(spoken: Language) -> Any:
        table = spoken.tables.workflow_status
        names = ["workflow_uuid", *(one.name for one in fields(Brief)[1:])]
        query = select(*(table.c[name] for name in names))
        for one in fields(Choice)[:7]:
            value = getattr(asked, one.name)
            if value is not None:
                query = query.where(table.c[one.name] == value)
        if asked.id_prefix is not None:
            query = query.where(table.c.workflow_uuid.startswith(asked.id_prefix, autoescape=True))
        if asked.created_from is not None:
            query = query.where(table.c.created_at >= asked.created_from)
        if asked.created_to is not None:
            query = query.where(table.c.created_at <= asked.created_to)
        created, key = table.c.created_at, table.c.workflow_uuid
        if before is not None:
            at, id = before
            query = query.where(created <= at, or_(created < at, key < id))
        return query.order_by(created.desc(), key.desc()).limit(most)

    def body(transaction: Transaction) -> list[Brief]:
        return [Brief(*row) for row in transaction.run_once(Statement("page", build)).rows]

    return Read(what="list workflows", body=body)


def read_operations(workflow_id: str, after: int, most: int) -> Read[list[Operation]]:
    """The next operations of a workflow behind the number ``after``."""

    def body(transaction: Transaction) -> list[Operation]:
        rows = transaction.run(OPERATIONS, workflow_uuid=workflow_id, after=after, most=most).rows
        return [Operation(*row) for row in rows]

    return Read(what=f"list operations of workflow {workflow_id}", body=body)


def read_names(workflow_id: str, most: int) -> Read[list[tuple[str, str | None, bool]]]:
    """The first operations of a workflow: name, position, and whether it failed."""

    def body(transaction: Transaction) -> list[tuple[str, str | None, bool]]:
        rows = transaction.run(NAMES, workflow_uuid=workflow_id, most=most).rows
        return [(name, position, bool(failed)) for name, position, failed in rows]

    return Read(what=f"list operations of workflow {workflow_id}", body=body)


def read_letters(workflow_id: str, most: int) -> Read[list[Letter]]:
    """The oldest messages that a workflow has not received."""

    def body(transaction: Transaction) -> list[Letter]:
        rows = transaction.run(LETTERS, workflow_uuid=workflow_id, most=most).rows
        return [Letter(*row) for row in rows]

    return Read(what=f"list messages of workflow {workflow_id}", body=body)


def read_streams(workflow_id: str, most: int) -> Read[list[Stream]]:
    """The streams of a workflow by key."""

    def body(transaction: Transaction) -> list[Stream]:
        rows = transaction.run(STREAMS, workflow_uuid=workflow_id, most=most).rows
        return [Stream(*row) for row in rows]

    return Read(what=f"list streams of workflow {workflow_id}", body=body)


def read_processes() -> Read[list[Process]]:
    """All launched processes on record, the latest first."""

    def body(transaction: Transaction) -> list[Process]:
        return [Process(*row) for row in transaction.run(PROCESSES).rows]

    return Read(what="list processes", body=body)
