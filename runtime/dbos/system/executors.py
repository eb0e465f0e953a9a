"""Rows of ``executors``: which processes run this system database, and whether they still live.

In: the identity of a process. Out: ``Write`` and ``Read`` values. Never judges whether a process is
alive: that is ``liveness``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import delete, select
from dbos.system.statement import (
    Read,
    Result,
    Script,
    Transaction,
    Write,
    nothing,
    statement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """One launched process. ``beats`` grows with every heartbeat."""

    process_token: str
    executor_id: str
    host: str
    process_start: str
    pid: int
    application_version: str
    beats: int


_NAMES = (
    *("process_token", "executor_id", "host", "process_start", "pid"),
    *("application_version", "beats"),
)


@statement
def BEAT(spoken: Language) -> Any:
    table = spoken.tables.executors
    inserted = spoken.insert(table).values(
        process_token=text_bind("process_token"),
        executor_id=text_bind("executor_id"),
        host=text_bind("host"),
        process_start=text_bind("process_start"),
        pid=whole_bind("pid"),
        application_version=text_bind("application_version"),
        started_at=whole_bind("now"),
        heartbeat_at=whole_bind("now"),
        beats=whole_bind("beats"),
    )
    return inserted.on_conflict_do_update(
        index_elements=["process_token"],
        set_={
            "heartbeat_at": whole_bind("now"),
            "beats": table.c.beats + 1,
            "executor_id": text_bind("executor_id"),
            "application_version": text_bind("application_version"),
        },
    )


@statement
def LIST(spoken: Language) -> Any:
    table = spoken.tables.executors
    return select(*(table.c[name] for name in _NAMES))


@statement
def BEAT_AND_LIST(spoken: Language) -> Any:
    """Both at once; the own row is listed as it was before."""
    beating: Any = BEAT.build(spoken)
    listing: Any = LIST.build(spoken)
    return listing.add_cte(beating.cte("beat"))


@statement
def REMOVE(spoken: Language) -> Any:
    """Passes over a row that is locked: who was stopped amid a heartbeat must hold nobody up."""
    table = spoken.tables.executors
    free = (
        select(table.c.process_token)
        .where(table.c.process_token == text_bind("process_token"))
        .with_for_update(skip_locked=True)
    )
    return delete(table).where(table.c.process_token.in_(free))


def beat(executor: Executor, now: int) -> Write[None]:
    """Say that this process is alive; creates its row on the first call."""
    parameters = _parameters(executor, now)
    return Write(what="send a heartbeat", statement=BEAT, parameters=parameters, read=nothing)


def beat_and_list(
    spoken: Language, executor: Executor, now: int
) -> Write[list[Executor]] | Script[list[Executor]]:
    """Say that this process is alive, and answer all known processes.

    One statement on Postgres; SQLite, whose inserts take no part in a question, needs two.
    """
    what = "send a heartbeat"
    if not spoken.is_sqlite:
        return Write(
            what=what, statement=BEAT_AND_LIST, parameters=_parameters(executor, now), read=_listed
        )

    def body(transaction: Transaction) -> list[Executor]:
        beat(executor, now).apply(transaction)
        return _listed(transaction.run(LIST))

    return Script(what=what, body=body)


def _parameters(executor: Executor, now: int) -> dict[str, object]:
    return {**{name: getattr(executor, name) for name in _NAMES}, "now": now}


def _listed(result: Result) -> list[Executor]:
    return [Executor(**dict(zip(_NAMES, row, strict=True))) for row in result.rows]


def remove(process_token: str) -> Write[None]:
    """Forget a process that stopped or died; one that holds its row is left to a later call."""
    parameters = {"process_token": process_token}
    return Write(what="remove an executor", statement=REMOVE, parameters=parameters, read=nothing)


def read_executors() -> Read[list[Executor]]:
    """All known processes."""

    def body(transaction: Transaction) -> list[Executor]:
        return _listed(transaction.run(LIST))

    return Read(what="list executors", body=body)
