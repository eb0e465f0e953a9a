"""Unfinished workflows whose owner may be gone.

In: the tokens of the processes that were judged, alive or dead. Out: ``Read`` values with the
workflows that nobody alive owns. Never claims anything, and never counts the work of a process that
was announced after the judgement: whoever asks may have waited long for the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dbos.system.dialect import Language, text_bind
from dbos.system.expressions import and_, exists, func, literal_column, or_, select
from dbos.system.statement import Read, Row, Transaction, statement

TOKEN_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Orphan:
    """A pending workflow whose owner is not alive."""

    workflow_id: str
    name: str
    owner: str | None
    executor_id: str | None
    application_version: str | None
    workflow_version: str | None
    queue_name: str | None


def is_orphaned(spoken: Language) -> Any:
    """A workflow whose owner is known as dead, or is not among the processes at all.

    Never one of a process that is ``alive``, be its row there or not.
    """
    table, known = spoken.tables.workflow_status, spoken.tables.executors
    owner = func.coalesce(func.substr(table.c.owner_xid, 1, TOKEN_LENGTH), "")
    announced = exists(select(literal_column("1")).where(known.c.process_token == owner))
    return and_(
        ~spoken.among(owner, "alive"),
        or_(~announced, spoken.among(owner, "dead")),
    )


@statement
def ORPHANS(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(
        table.c.workflow_uuid,
        table.c.name,
        table.c.owner_xid,
        table.c.executor_id,
        table.c.application_version,
        table.c.workflow_version,
        table.c.queue_name,
        table.c.created_at,
        table.c.arrival,
    ).where(
        table.c.status == "PENDING",
        is_orphaned(spoken),
        # the rest is counted, not loaded: there may be much of it, for a long time
        or_(
            table.c.application_version.is_(None),
            table.c.application_version == text_bind("application_version"),
            spoken.among(table.c.workflow_version, "workflow_versions"),
        ),
    )


@statement
def HELD_BY(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(
        table.c.workflow_uuid,
        table.c.name,
        table.c.owner_xid,
        table.c.executor_id,
        table.c.application_version,
        table.c.workflow_version,
        table.c.queue_name,
    ).where(table.c.status == "PENDING", table.c.executor_id == text_bind("executor_id"))


def read_orphans(
    spoken: Language,
    *,
    alive: Sequence[str],
    dead: Sequence[str],
    application_version: str,
    workflow_versions: list[str],
) -> Read[list[Orphan]]:
    """Pending workflows of these versions whose owner's process is gone; see ``is_orphaned``."""

    def body(transaction: Transaction) -> list[Orphan]:
        rows = transaction.run(
            ORPHANS,
            alive=spoken.listed(alive),
            dead=spoken.listed(dead),
            application_version=application_version,
            workflow_versions=spoken.listed(workflow_versions),
        ).rows
        # Sorted here: asked for an order, SQLite walks all workflows by age to find the few.
        return [Orphan(*row[:-2]) for row in sorted(rows, key=_age)]

    return Read(what="find workflows of dead processes", body=body)


def _age(row: Row) -> tuple[int, int]:
    return row[-2] or 0, row[-1] or 0


def read_held_by(executor_id: str) -> Read[list[Orphan]]:
    """Pending workflows of one executor id, whoever owns them."""

    def body(transaction: Transaction) -> list[Orphan]:
        return [Orphan(*row) for row in transaction.run(HELD_BY, executor_id=executor_id).rows]

    return Read(what=f"find pending workflows of executor {executor_id}", body=body)
