"""Listing: workflows by filter and page, and the steps of one workflow.

In: a ``Filter``. Out: ``Read`` values that answer plain rows with their payloads still encoded.
Never decodes a payload, so looking at a database can never run anything that is stored in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from dbos.system.dialect import Language, one_of, text_bind, whole_bind
from dbos.system.expressions import false, literal_column, null, select
from dbos.system.statement import Read, Statement, Transaction
from dbos.system.workflows import OPEN

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

COLUMNS = (
    *("workflow_uuid", "status", "name", "class_name", "config_name", "authenticated_user"),
    *("assumed_role", "authenticated_roles", "serialization", "output_serialization"),
    *("executor_id", "owner_xid", "application_version", "workflow_version", "application_id"),
    *("application_name", "recovery_attempts", "queue_name", "deduplication_id"),
    *("queue_partition_key", "priority", "delay_until_epoch_ms", "started_at_epoch_ms"),
    *("completed_at", "created_at", "updated_at", "workflow_timeout_ms"),
    *("workflow_deadline_epoch_ms", "parent_workflow_id", "forked_from", "was_forked_from"),
    *("schedule_name", "attributes"),
)
PAYLOADS = ("inputs", "output", "error")
RUNNING = "PENDING"
KNOWN = frozenset((*OPEN, "SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which workflows to list. None means "any"; times are epoch milliseconds, inclusive.

    ``attributes`` are names with their values as JSON text; a workflow has to have all of them.
    """

    workflow_ids: tuple[str, ...] | None = None
    workflow_id_prefix: tuple[str, ...] | None = None
    status: tuple[str, ...] | None = None
    name: tuple[str, ...] | None = None
    application_version: tuple[str, ...] | None = None
    executor_id: tuple[str, ...] | None = None
    queue_name: tuple[str, ...] | None = None
    user: tuple[str, ...] | None = None
    forked_from: tuple[str, ...] | None = None
    parent_workflow_id: tuple[str, ...] | None = None
    application_name: tuple[str, ...] | None = None
    schedule_name: tuple[str, ...] | None = None
    attributes: tuple[tuple[str, str], ...] | None = None
    start_time: int | None = None
    end_time: int | None = None
    completed_after: int | None = None
    completed_before: int | None = None
    dequeued_after: int | None = None
    dequeued_before: int | None = None
    queues_only: bool = False
    has_parent: bool | None = None
    is_fork: bool | None = None
    was_forked_from: bool | None = None
    limit: int | None = None
    offset: int | None = None
    sort_desc: bool = False
    load_input: bool = True
    load_output: bool = True


_EQUAL = {
    "workflow_ids": "workflow_uuid",
    "status": "status",
    "name": "name",
    "application_version": "application_version",
    "executor_id": "executor_id",
    "queue_name": "queue_name",
    "user": "authenticated_user",
    "forked_from": "forked_from",
    "parent_workflow_id": "parent_workflow_id",
    "application_name": "application_name",
    "schedule_name": "schedule_name",
}
_BOUNDS = (
    ("start_time", "created_at", True),
    ("end_time", "created_at", False),
    ("completed_after", "completed_at", True),
    ("completed_before", "completed_at", False),
    ("dequeued_after", "started_at_epoch_ms", True),
    ("dequeued_before", "started_at_epoch_ms", False),
)


def _is_constant(field: str, values: tuple[str, ...]) -> bool:
    return field == "status" and KNOWN.issuperset(values)


def _is_kept(asked: Filter) -> bool:
    """Whether the statement is the same for other values, so that it is built only once."""
    if asked.attributes is not None or asked.workflow_id_prefix is not None:
        return False
    lists = ((field, getattr(asked, field) or ()) for field in _EQUAL)
    return all(len(values) <= 1 or _is_constant(field, values) for field, values in lists)


def _values(asked: Filter) -> dict[str, Any]:
    """The values of a filter by field, as parameters of a statement that is kept."""
    found: dict[str, Any] = {}
    for field in _EQUAL:
        values = getattr(asked, field)
        if values and not _is_constant(field, values):
            found[field] = values[0]
    numbers = (*(field for field, _, _ in _BOUNDS), "limit", "offset")
    found |= {field: getattr(asked, field) for field in numbers}
    return {field: value for field, value in found.items() if value is not None}


def _shape(asked: Filter) -> Filter:
    """What a statement that is kept depends on: the filter without its values."""
    without: dict[str, Any] = {field: ("",) if field in _EQUAL else 0 for field in _values(asked)}
    return replace(asked, **without)


def _number(asked: Filter, field: str) -> Any:
    return whole_bind(field) if _is_kept(asked) else getattr(asked, field)


def _conditions(spoken: Language, asked: Filter) -> list[ColumnElement[bool]]:
    table = spoken.tables.workflow_status
    found: list[ColumnElement[bool]] = []
    for field, column in _EQUAL.items():
        values = getattr(asked, field)
        if values is not None:
            found.append(_is_any_of(asked, table.c[column], field, values))
    for field, column, lower in _BOUNDS:
        if getattr(asked, field) is not None:
            bound = _number(asked, field)
            found.append(table.c[column] >= bound if lower else table.c[column] <= bound)
    if asked.workflow_id_prefix is not None:
        prefixes: ColumnElement[bool] = false()
        for prefix in asked.workflow_id_prefix:
            prefixes = prefixes | table.c.workflow_uuid.startswith(prefix, autoescape=True)
        found.append(prefixes)
    if asked.queues_only:
        found.append(table.c.queue_name.is_not(None))
        found.append(one_of(table.c.status, OPEN))
    if asked.has_parent is not None:
        absent = table.c.parent_workflow_id.is_(None)
        found.append(~absent if asked.has_parent else absent)
    if asked.is_fork is not None:
        original = table.c.forked_from.is_(None)
        found.append(~original if asked.is_fork else original)
    if asked.was_forked_from is not None:
        found.append(table.c.was_forked_from == int(asked.was_forked_from))
    for name, value in asked.attributes or ():
        found.append(spoken.has_member(table.c.attributes, name, value))
    return found


def _is_any_of(
    asked: Filter,
    column: ColumnElement[Any],
    field: str,
    values: tuple[str, ...],
) -> ColumnElement[bool]:
    if not values:
        return false()
    if not _is_constant(field, values):
        return column == text_bind(field) if _is_kept(asked) else column.in_(values)
    # As a constant, and a single one as equality, a status fits the index of what runs.
    if len(values) == 1:
        return column == literal_column(f"'{values[0]}'")
    return one_of(column, values)


def _age(spoken: Language, asked: Filter) -> tuple[ColumnElement[Any], ...]:
    table = spoken.tables.workflow_status
    created: ColumnElement[Any] = table.c.created_at
    if spoken.is_sqlite and asked.status == (RUNNING,):
        # Hidden from SQLite, which would else walk all workflows by age to find the few that run.
        created = created + 0
    return created, table.c.arrival, table.c.workflow_uuid


def _build(asked: Filter, spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    loaded = {"inputs": asked.load_input, "output": asked.load_output}
    payloads = [
        table.c[name] if loaded.get(name, asked.load_output) else null().label(name)
        for name in PAYLOADS
    ]
    query = select(*(table.c[name] for name in COLUMNS), *payloads)
    order = [key.desc() if asked.sort_desc else key.asc() for key in _age(spoken, asked)]
    conditions = _conditions(spoken, asked)
    if asked.offset is None:
        page = query.where(*conditions).order_by(*order)
        return page if asked.limit is None else page.limit(_number(asked, "limit"))
    # What is passed over is passed over in the index: only the rows of the page are read.
    ids = select(table.c.workflow_uuid).where(*conditions).order_by(*order)
    ids = ids.offset(_number(asked, "offset"))
    if asked.limit is not None:
        ids = ids.limit(_number(asked, "limit"))
    found = ids.subquery("page")
    return query.join(found, found.c.workflow_uuid == table.c.workflow_uuid).order_by(*order)


@cache
def _statement(shape: Filter) -> Statement:
    return Statement("list workflows", partial(_build, shape))


def read_workflows(asked: Filter) -> Read[list[dict[str, Any]]]:
    """The matching workflows, oldest first unless ``sort_desc``."""
    names = (*COLUMNS, *PAYLOADS)

    def body(transaction: Transaction) -> list[dict[str, Any]]:
        if _is_kept(asked):
            rows = transaction.run(_statement(_shape(asked)), **_values(asked)).rows
        else:
            rows = transaction.run_once(Statement("list workflows", partial(_build, asked))).rows
        return [dict(zip(names, row, strict=True)) for row in rows]

    return Read(what="list workflows", body=body)
