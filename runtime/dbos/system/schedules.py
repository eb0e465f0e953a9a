"""Rows of ``workflow_schedules``: which schedules processes have announced, for people to see.

In: names and cron expressions. Out: ``Write`` and ``Read`` values. Never decides when something
fires: the id of a tick's workflow does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from dbos import seam
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.statement import Read, Transaction, Write, nothing, statement

COLUMNS = (
    *("schedule_name", "workflow_name", "schedule", "cron_timezone", "status"),
    *("last_fired_at", "created_at"),
)


@statement
def ANNOUNCE(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    names = ("schedule_name", "workflow_name", "schedule", "cron_timezone", "status")
    inserted = spoken.insert(table).values(
        created_at=whole_bind("created_at"), **{name: text_bind(name) for name in names}
    )
    return inserted.on_conflict_do_update(
        index_elements=["schedule_name"], set_={"cron_timezone": text_bind("cron_timezone")}
    )


@statement
def FIRED(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    return (
        update(table)
        .where(table.c.schedule_name == text_bind("schedule_name"))
        .values(last_fired_at=whole_bind("last_fired_at"))
    )


@statement
def LIST(spoken: Language) -> Any:
    table = spoken.tables.workflow_schedules
    return select(*(table.c[name] for name in COLUMNS)).order_by(table.c.schedule_name)


def _name(workflow_name: str, cron: str) -> str:
    """A workflow may have several schedules; each is a row."""
    return f"{workflow_name} {cron}"


def announce(workflow_name: str, cron: str, zone: str | None) -> Write[None]:
    """Put a schedule on record, once."""
    return Write(
        what=f"announce the schedule of {workflow_name}",
        statement=ANNOUNCE,
        parameters={
            "schedule_name": _name(workflow_name, cron),
            "workflow_name": workflow_name,
            "schedule": cron,
            "cron_timezone": zone,
            "status": "ACTIVE",
            "created_at": seam.now_ms(),
        },
        read=nothing,
    )


def fired(workflow_name: str, cron: str, tick_ms: int) -> Write[None]:
    """Note the last tick, in epoch milliseconds."""
    return Write(
        what=f"note a tick of {workflow_name}",
        statement=FIRED,
        parameters={"schedule_name": _name(workflow_name, cron), "last_fired_at": tick_ms},
        read=nothing,
    )


def read_schedules() -> Read[list[dict[str, Any]]]:
    """All announced schedules, by name."""

    def body(transaction: Transaction) -> list[dict[str, Any]]:
        rows = transaction.run(LIST).rows
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    return Read(what="list schedules", body=body)
