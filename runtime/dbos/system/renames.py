"""Renaming an application: the rows that bear its name get another one.

In: the former and the new name. Out: ``Write`` values, each for one batch of rows. Never touches
rows of other applications, and changes nothing but the name.
"""

from __future__ import annotations

from typing import Any

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import or_, select, update
from dbos.system.statement import Statement, Write, affected, origin_of


def _renaming(table_name: str, key: str) -> Statement:
    def build(spoken: Language) -> Any:
        table = getattr(spoken.tables, table_name)
        bears = or_(
            table.c.application_name == text_bind("former"),
            table.c.application_name.is_(None) & (whole_bind("with_nameless") == 1),
        )
        batch = select(table.c[key]).where(bears).limit(whole_bind("most")).scalar_subquery()
        return (
            update(table)
            .where(table.c[key].in_(batch))
            .values(application_name=text_bind("new_name"))
        )

    name = f"RENAME_{table_name.upper()}"
    return Statement(name=name, build=build, origin=origin_of(__name__, name))


_STATEMENTS = {
    "workflows": _renaming("workflow_status", "workflow_uuid"),
    "schedules": _renaming("workflow_schedules", "schedule_name"),
}
KINDS = tuple(_STATEMENTS)


def rename_batch(
    kind: str, former: str | None, new_name: str, *, most: int, with_nameless: bool
) -> Write[int]:
    """Rename up to ``most`` rows of a kind; answers how many there were."""
    return Write(
        what=f"rename the application of {kind}",
        statement=_STATEMENTS[kind],
        parameters={
            "former": former,
            "new_name": new_name,
            "most": most,
            "with_nameless": int(with_nameless),
        },
        read=affected,
    )
