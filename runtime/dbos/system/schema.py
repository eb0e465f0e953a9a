"""The tables of the system database.

In: a schema name (Postgres) or None (SQLite). Out: ``Tables``, the SQLAlchemy Core tables that
every statement is built from. Never connects to anything.

Times are epoch milliseconds. Payloads are text in the codec named by the ``serialization`` column
beside them. Names of tables and columns are public: people's own SQL relies on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    and_,
    case,
    literal_column,
    text,
)
from sqlalchemy.sql.elements import Grouping

WAITING: tuple[ColumnElement[str], ...] = (
    literal_column("'ENQUEUED'"),
    literal_column("'DELAYED'"),
)


def _key(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _text(*names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names]


def _whole(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger) for name in names]


def _count(name: str, default: int = 0) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text(str(default)))


def _workflow_status(metadata: MetaData) -> Table:
    table = Table(
        "workflow_status",
        metadata,
        Column("workflow_uuid", Text, primary_key=True),
        _key("status"),
        _key("name"),
        *_text("class_name", "config_name", "authenticated_user", "assumed_role"),
        *_text("authenticated_roles", "inputs", "output", "error"),
        # how inputs and, separately, output or error are encoded
        *_text("serialization", "output_serialization"),
        # who runs it: the executor, and the token of the one execution that may record into it
        *_text("executor_id", "owner_xid"),
        *_text("application_version", "workflow_version", "application_id", "application_name"),
        _count("recovery_attempts"),
        # how often anybody began to execute it; 1 means that its history is empty
        _count("executions"),
        *_text("queue_name", "deduplication_id", "queue_partition_key"),
        _count("priority"),
        # orders workflows that were created in the same millisecond
        *_whole("arrival", "delay_until_epoch_ms", "started_at_epoch_ms", "completed_at"),
        *_whole("created_at", "updated_at", "workflow_timeout_ms", "workflow_deadline_epoch_ms"),
        *_text("parent_workflow_id", "forked_from", "schedule_name", "attributes"),
        _count("was_forked_from"),
        _count("rate_limited"),
        _count("is_debounced"),
        *_whole("debounce_deadline_epoch_ms"),
    )
    _index_workflow_status(table)
    return table


def has_key(workflows: Any) -> ColumnElement[int]:
    """1 for a workflow with a partition key, else 0, spelled as in the index that orders a queue.

    A condition on the column itself would let a look for those without a key read all with one.
    """
    return case((workflows.c.queue_partition_key.is_(None), text("0")), else_=text("1"))


def _only(rows: ColumnElement[bool], *, since: int = 1) -> dict[str, Any]:
    """Keywords of an index that holds only some rows, and is there since a schema version."""
    return {"sqlite_where": rows, "postgresql_where": rows, "info": {"since": since}}


def _index_workflow_status(table: Table) -> None:
    status, queue = table.c.status, table.c.queue_name
    queued, pending = queue.is_not(None), status == text("'PENDING'")
    held = table.c.deduplication_id.is_not(None)
    # All by which workflows are listed, so that pages are passed over without reading a row.
    Index(
        "workflow_status_age",
        *(table.c.created_at, table.c.arrival, table.c.workflow_uuid),
        info={"since": 2},
    )
    # Partial, so that a workflow that never waits on a queue costs these indexes nothing.
    Index(
        "workflow_status_turn",
        # Postgres wants the parentheses.
        *(queue, status, Grouping(has_key(table)), table.c.priority, table.c.arrival),
        **_only(queued, since=2),
    )
    key = table.c.queue_partition_key
    keyed = key.is_not(None)
    Index(
        "workflow_status_partition_turn",
        *(queue, status, key, table.c.priority, table.c.arrival),
        **_only(keyed, since=2),
    )
    Index(
        "workflow_status_partition_starts",
        *(queue, key, table.c.started_at_epoch_ms),
        **_only(and_(table.c.rate_limited == text("1"), keyed), since=2),
    )
    Index(
        "workflow_status_delayed",
        *(queue, table.c.delay_until_epoch_ms),
        **_only(status == text("'DELAYED'"), since=2),
    )
    Index(
        "workflow_status_waiting",
        *(queue, table.c.application_version),
        **_only(and_(status.in_(WAITING), table.c.application_version.is_not(None)), since=2),
    )
    Index(
        "workflow_status_pending",
        table.c.executor_id,
        **_only(pending),
    )
    Index(
        "workflow_status_starts",
        *(queue, table.c.started_at_epoch_ms),
        # Only what a limiter counts: other queues pay nothing for it.
        **_only(table.c.rate_limited == text("1"), since=2),
    )
    Index(
        "workflow_status_deduplication",
        *(queue, table.c.deduplication_id),
        unique=True,
        **_only(held),
    )
    child = table.c.parent_workflow_id.is_not(None)
    Index(
        "workflow_status_parent",
        table.c.parent_workflow_id,
        **_only(child),
    )


def _operation_outputs(metadata: MetaData) -> Table:
    return Table(
        "operation_outputs",
        metadata,
        _key("workflow_uuid"),
        # 1, 2, 3, … in the order in which the operations were called
        Column("function_id", Integer, nullable=False),
        _key("function_name"),
        *_text("output", "error", "serialization", "child_workflow_id"),
        *_whole("started_at_epoch_ms", "completed_at_epoch_ms"),
        # what replay looks a record up by, and what the arguments were
        *_text("position", "input_digest"),
        PrimaryKeyConstraint("workflow_uuid", "function_id"),
    )


def _notifications(metadata: MetaData) -> Table:
    table = Table(
        "notifications",
        metadata,
        Column("message_uuid", Text, primary_key=True),
        _key("destination_uuid"),
        *_text("topic", "message", "serialization"),
        *_whole("created_at_epoch_ms", "arrival"),
        _count("consumed"),
        *_text("consumed_by_position"),
    )
    unread = table.c.consumed == text("0")
    Index(
        "notifications_unread",
        *(table.c.destination_uuid, table.c.topic, table.c.arrival),
        **_only(unread),
    )
    return table


def _events(metadata: MetaData) -> tuple[Table, Table]:
    events = Table(
        "workflow_events",
        metadata,
        _key("workflow_uuid"),
        _key("key"),
        *_text("value", "serialization"),
        PrimaryKeyConstraint("workflow_uuid", "key"),
    )
    history = Table(
        "workflow_events_history",
        metadata,
        _key("workflow_uuid"),
        Column("function_id", Integer, nullable=False),
        _key("key"),
        *_text("value", "serialization"),
        PrimaryKeyConstraint("workflow_uuid", "key", "function_id"),
    )
    return events, history


def _streams(metadata: MetaData) -> Table:
    return Table(
        "streams",
        metadata,
        _key("workflow_uuid"),
        _key("key"),
        Column("offset", Integer, nullable=False),
        Column("function_id", Integer),
        *_text("value", "serialization"),
        PrimaryKeyConstraint("workflow_uuid", "key", "offset"),
    )


def _schedules(metadata: MetaData) -> Table:
    return Table(
        "workflow_schedules",
        metadata,
        Column("schedule_name", Text, primary_key=True),
        _key("workflow_name"),
        _key("schedule"),
        *_text("status", "cron_timezone", "queue_name", "context"),
        *_text("schedule_id", "workflow_class_name", "application_name"),
        *_whole("automatic_backfill", "last_fired_at", "created_at"),
    )


def _queues(metadata: MetaData) -> Table:
    return Table(
        "queues",
        metadata,
        Column("name", Text, primary_key=True),
        *_text("options"),
        *_whole("created_at", "updated_at"),
    )


def _application_versions(metadata: MetaData) -> Table:
    return Table(
        "application_versions",
        metadata,
        Column("version_name", Text, primary_key=True),
        *_text("version_id"),
        *_whole("version_timestamp", "created_at"),
    )


def _executors(metadata: MetaData) -> Table:
    """One row for each launched process; a row whose process died is how others notice."""
    return Table(
        "executors",
        metadata,
        Column("process_token", Text, primary_key=True),
        _key("executor_id"),
        *_text("host", "process_start", "application_version"),
        *_whole("pid", "started_at", "heartbeat_at"),
        _count("beats"),
    )


def _transaction_outputs(metadata: MetaData) -> Table:
    """Results of transactions, in the application database that they ran in."""
    return Table(
        "transaction_outputs",
        metadata,
        _key("workflow_uuid"),
        Column("function_id", Integer, nullable=False),
        *_text("function_name", "output", "error", "serialization"),
        *_whole("created_at"),
        PrimaryKeyConstraint("workflow_uuid", "function_id"),
    )


def _migrations(metadata: MetaData) -> Table:
    return Table("dbos_migrations", metadata, Column("version", BigInteger, primary_key=True))


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one database, ready to build statements from."""

    metadata: MetaData
    workflow_status: Table = field(init=False)
    operation_outputs: Table = field(init=False)
    notifications: Table = field(init=False)
    workflow_events: Table = field(init=False)
    workflow_events_history: Table = field(init=False)
    streams: Table = field(init=False)
    workflow_schedules: Table = field(init=False)
    queues: Table = field(init=False)
    application_versions: Table = field(init=False)
    executors: Table = field(init=False)
    transaction_outputs: Table = field(init=False)
    migrations: Table = field(init=False)

    def __post_init__(self) -> None:
        events, history = _events(self.metadata)
        built = {
            "workflow_status": _workflow_status(self.metadata),
            "operation_outputs": _operation_outputs(self.metadata),
            "notifications": _notifications(self.metadata),
            "workflow_events": events,
            "workflow_events_history": history,
            "streams": _streams(self.metadata),
            "workflow_schedules": _schedules(self.metadata),
            "queues": _queues(self.metadata),
            "application_versions": _application_versions(self.metadata),
            "executors": _executors(self.metadata),
            "transaction_outputs": _transaction_outputs(self.metadata),
            "migrations": _migrations(self.metadata),
        }
        for name, table in built.items():
            object.__setattr__(self, name, table)


def tables(schema: str | None) -> Tables:
    """The tables, in ``schema`` on Postgres and unqualified (None) on SQLite."""
    return Tables(MetaData(schema=schema))
