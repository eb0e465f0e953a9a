"""Rows of ``workflow_schedules``: schedules that decorators declare or programs create.

In: names and cron expressions. Out: ``Write``, ``Script`` and ``Read`` values. Never decides when
something fires: the id of a tick's workflow does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dbos.kernel import seam
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import delete, func, select, update
from dbos.system.statement import Read, Script, Transaction, Write, affected, nothing, statement

# A schedule of a decorator is on record for people to see; it fires from the decorator.
ACTIVE, PAUSED, DECLARED = "ACTIVE", "PAUSED", "DECLARED"
_WAKES = (("service", "scheduler"),)


@dataclass(frozen=True, slots=True)
class StoredSchedule:
    """One row. ``context`` is an encoded payload; times in epoch milliseconds."""

    schedule_name: str
    workflow_name: str
    schedule: str
    status: str
    cron_timezone: str | None
    queue_name: str | None
    context: str | None
    schedule_id: str | None
    workflow_class_name: str | None
    application_name: str | None
    automatic_backfill: int
    last_fired_at: int | None
    created_at: int


_TEXTS = (
    *("schedule_name", "workflow_name", "schedule", "status", "cron_timezone", "queue_name"),
    *("context", "schedule_id", "workflow_class_name", "application_name"),
)
_WHOLES = ("automatic_backfill", "last_fired_at", "created_at")
COLUMNS = (*_TEXTS, *_WHOLES)
_REPLACED = (
    *("workflow_name", "schedule", "cron_timezone", "queue_name", "context"),
    *("workflow_class_name", "application_name", "automatic_backfill"),
)


def _bind(name: str) -> Any:
    return text_bind(name) if name in _TEXTS else whole_bind(name)


def _inserted(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    return spoken.insert(table).values(**{name: _bind(name) for name in COLUMNS})


@statement
def ANNOUNCE(spoken: Language) -> Any:
    return _inserted(spoken).on_conflict_do_update(
        index_elements=["schedule_name"], set_={"cron_timezone": text_bind("cron_timezone")}
    )


@statement
def CREATE(spoken: Language) -> Any:
    return _inserted(spoken).on_conflict_do_nothing(index_elements=["schedule_name"])


@statement
def REPLACE(spoken: Language) -> Any:
    return _inserted(spoken).on_conflict_do_update(
        index_elements=["schedule_name"], set_={name: _bind(name) for name in _REPLACED}
    )


@statement
def FIRED(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    tick = whole_bind("last_fired_at")
    return (
        update(table)
        .where(table.c.schedule_name == text_bind("schedule_name"))
        .where(func.coalesce(table.c.last_fired_at, 0) < tick)
        .values(last_fired_at=tick)
    )


@statement
def SET_STATUS(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    return (
        update(table)
        .where(table.c.schedule_name == text_bind("schedule_name"), table.c.status != DECLARED)
        .values(status=text_bind("status"))
    )


@statement
def REMOVE(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    return delete(table).where(
        table.c.schedule_name == text_bind("schedule_name"), table.c.status != DECLARED
    )


@statement
def LIST(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    return select(*(table.c[name] for name in COLUMNS)).order_by(table.c.schedule_name)


def declared_name(workflow_name: str, cron: str) -> str:
    """The row of a decorator; a workflow may have several schedules."""
    return f"{workflow_name} {cron}"


def announce(
    workflow_name: str, cron: str, zone: str | None, *, application_name: str | None
) -> Write[None]:
    """Put a schedule of a decorator on record, once."""
    row = StoredSchedule(
        schedule_name=declared_name(workflow_name, cron),
        workflow_name=workflow_name,
        schedule=cron,
        status=DECLARED,
        cron_timezone=zone,
        queue_name=None,
        context=None,
        schedule_id=seam.new_id(),
        workflow_class_name=None,
        application_name=application_name,
        automatic_backfill=0,
        last_fired_at=None,
        created_at=seam.now_ms(),
    )
    return Write(
        what=f"announce the schedule of {workflow_name}",
        statement=ANNOUNCE,
        parameters=asdict(row),
        read=nothing,
    )


def create(row: StoredSchedule) -> Write[bool]:
    """Store a schedule; False when its name is taken."""
    return Write(
        what=f"create schedule {row.schedule_name!r}",
        statement=CREATE,
        parameters=asdict(row),
        read=lambda result: result.count == 1,
        wakes=_WAKES,
    )


def replace_all(rows: Sequence[StoredSchedule]) -> Script[None]:
    """Store schedules or change those of the same names, all or none.

    What is paused stays paused, and the last tick is kept.
    """

    def body(transaction: Transaction) -> None:
        for row in rows:
            transaction.run(REPLACE, **asdict(row))

    return Script(what="apply schedules", body=body, wakes=_WAKES)


def set_status(schedule_name: str, status: str) -> Write[int]:
    """Pause or resume a stored schedule; answers how many there were of this name, 0 or 1."""
    return Write(
        what=f"set schedule {schedule_name!r} to {status}",
        statement=SET_STATUS,
        parameters={"schedule_name": schedule_name, "status": status},
        read=affected,
        wakes=_WAKES,
    )


def remove(schedule_name: str) -> Write[None]:
    """Forget a schedule."""
    return Write(
        what=f"delete schedule {schedule_name!r}",
        statement=REMOVE,
        parameters={"schedule_name": schedule_name},
        read=nothing,
        wakes=_WAKES,
    )


def fired(schedule_name: str, tick_ms: int) -> Write[None]:
    """Note the last tick, in epoch milliseconds."""
    return Write(
        what=f"note a tick of {schedule_name!r}",
        statement=FIRED,
        parameters={"schedule_name": schedule_name, "last_fired_at": tick_ms},
        read=nothing,
    )


def read_schedules() -> Read[list[StoredSchedule]]:
    """All schedules on record, by name."""

    def body(transaction: Transaction) -> list[StoredSchedule]:
        return [StoredSchedule(*row) for row in transaction.run(LIST).rows]

    return Read(what="list schedules", body=body)
