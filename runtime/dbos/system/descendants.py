"""Children of workflows, their children, and so on.

In: workflow ids. Out: a ``Read`` with the ids of all descendants. Never changes anything.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dbos.system.dialect import Language
from dbos.system.statement import Read, Transaction, statement


@statement
def CHILDREN(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.workflow_uuid).where(spoken.among(table.c.parent_workflow_id, "ids"))


def read_descendants(spoken: Language, ids: list[str]) -> Read[list[str]]:
    """The ids of children, their children and so on; one query for each generation."""

    def body(transaction: Transaction) -> list[str]:
        known = set(ids)
        found: list[str] = []
        generation = ids
        while generation:
            rows = transaction.run(CHILDREN, ids=spoken.listed(generation)).rows
            generation = [row[0] for row in rows if row[0] not in known]
            known.update(generation)
            found.extend(generation)
        return found

    return Read(what="find child workflows", body=body)
