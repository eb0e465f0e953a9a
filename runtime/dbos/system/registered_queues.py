"""Rows of ``queues``: queues registered at run time, for every process of the application.

In: a name and its limits as JSON. Out: ``Write`` and ``Read`` values. Never touches the work that
waits on a queue.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.statement import Read, Transaction, Write, nothing, statement


@statement
def REGISTER(spoken: Language) -> Any:
    table = spoken.tables.queues
    inserted = spoken.insert(table).values(
        name=text_bind("name"),
        options=text_bind("options"),
        created_at=whole_bind("now"),
        updated_at=whole_bind("now"),
    )
    return inserted.on_conflict_do_update(
        index_elements=["name"],
        set_={"options": text_bind("options"), "updated_at": whole_bind("now")},
    )


@statement
def LIST(spoken: Language) -> Any:
    table = spoken.tables.queues
    return select(table.c.name, table.c.options).order_by(table.c.name)


@statement
def REMOVE(spoken: Language) -> Any:
    table = spoken.tables.queues
    return delete(table).where(table.c.name == text_bind("name"))


def register(name: str, options: str, now: int) -> Write[None]:
    """Enter a queue, or change its limits."""
    return Write(
        what=f"register queue {name!r}",
        statement=REGISTER,
        parameters={"name": name, "options": options, "now": now},
        read=nothing,
        wakes=(("service", "dispatcher"),),
    )


def remove(name: str) -> Write[None]:
    """Forget a queue."""
    return Write(
        what=f"delete queue {name!r}", statement=REMOVE, parameters={"name": name}, read=nothing
    )


def read_queues() -> Read[list[tuple[str, str]]]:
    """All registered queues: their names and limits."""

    def body(transaction: Transaction) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in transaction.run(LIST).rows]

    return Read(what="list queues", body=body)
