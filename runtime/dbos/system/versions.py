"""Rows of ``application_versions``: which versions have run on this database.

In: a version. Out: ``Write`` and ``Read`` values. Never removes a version.
"""

from __future__ import annotations

from typing import Any

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import select
from dbos.system.statement import Read, Transaction, Write, nothing, statement

NAMES = ("version_id", "version_name", "version_timestamp", "created_at")


@statement
def REGISTER(spoken: Language) -> Any:
    table = spoken.tables.application_versions
    inserted = spoken.insert(table).values(
        version_id=text_bind("version_id"),
        version_name=text_bind("version_name"),
        version_timestamp=whole_bind("now"),
        created_at=whole_bind("now"),
    )
    return inserted.on_conflict_do_nothing()


@statement
def LATEST(spoken: Language) -> Any:
    table = spoken.tables.application_versions
    inserted = spoken.insert(table).values(
        version_id=text_bind("version_id"),
        version_name=text_bind("version_name"),
        version_timestamp=whole_bind("now"),
        created_at=whole_bind("now"),
    )
    return inserted.on_conflict_do_update(
        index_elements=["version_name"], set_={"version_timestamp": whole_bind("now")}
    )


@statement
def LIST(spoken: Language) -> Any:
    table = spoken.tables.application_versions
    return select(*(table.c[name] for name in NAMES)).order_by(
        table.c.version_timestamp.desc(), table.c.created_at.desc()
    )


def register(version: str, version_id: str, now: int, *, newest: bool = False) -> Write[None]:
    """Note that a version runs; ``newest`` makes it the latest although it ran before."""
    return Write(
        what="register the application version",
        statement=LATEST if newest else REGISTER,
        parameters={"version_id": version_id, "version_name": version, "now": now},
        read=nothing,
    )


def read_versions() -> Read[list[dict[str, Any]]]:
    """All versions, the latest first."""

    def body(transaction: Transaction) -> list[dict[str, Any]]:
        rows = transaction.run(LIST).rows
        return [dict(zip(NAMES, row, strict=True)) for row in rows]

    return Read(what="list application versions", body=body)
