"""Rows of ``queues``: queues registered at run time, for every process of the application.

In: a name and its limits as JSON. Out: ``Write`` and ``Read`` values. Never touches the work that
waits on a queue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbos.system import versions
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import delete, select
from dbos.system.statement import Read, Script, Transaction, Write, nothing, statement


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


@statement
def ONE(spoken: Language) -> Any:
    table = spoken.tables.queues
    return select(table.c.options).where(table.c.name == text_bind("name"))


@statement
def ONE_TO_CHANGE(spoken: Language) -> Any:
    table = spoken.tables.queues
    return select(table.c.options).where(table.c.name == text_bind("name")).with_for_update()


def register(name: str, options: str, now: int, *, on_conflict: str, version: str) -> Script[str]:
    """Enter a queue, or change its limits where ``on_conflict`` says so; answers those it has.

    ``update_if_latest_version`` changes them unless a version later than ``version`` has run.
    """

    def body(transaction: Transaction) -> str:
        known = transaction.run(ONE_TO_CHANGE, name=name).first()
        if known is not None and not _replaces(transaction, on_conflict, version):
            return str(known[0])
        transaction.run(REGISTER, name=name, options=options, now=now)
        return options

    return Script(what=f"register queue {name!r}", body=body, wakes=(("service", "dispatcher"),))


def _replaces(transaction: Transaction, on_conflict: str, version: str) -> bool:
    if on_conflict != "update_if_latest_version":
        return on_conflict == "always_update"
    latest = transaction.run(versions.LIST).first()
    return latest is None or version in (
        "",
        dict(zip(versions.NAMES, latest, strict=True))["version_name"],
    )


def change(name: str, changed: Callable[[str], str], now: int) -> Script[str | None]:
    """Replace the options of a queue by what ``changed`` makes of them; None when it is unknown."""

    def body(transaction: Transaction) -> str | None:
        known = transaction.run(ONE_TO_CHANGE, name=name).first()
        if known is None:
            return None
        options = changed(str(known[0]))
        transaction.run(REGISTER, name=name, options=options, now=now)
        return options

    wakes = (("service", "dispatcher"), ("queue", name))
    return Script(what=f"change queue {name!r}", body=body, wakes=wakes)


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


def read_queue(name: str) -> Read[str | None]:
    """The options of one registered queue, or None."""

    def body(transaction: Transaction) -> str | None:
        row = transaction.run(ONE, name=name).first()
        return None if row is None else str(row[0])

    return Read(what=f"find queue {name!r}", body=body)
