"""Children of workflows and forks of them, theirs, and so on.

In: workflow ids. Out: a ``Read`` with the ids of all descendants. Never changes anything.
"""

from __future__ import annotations

from typing import Any

from dbos.system.dialect import Language
from dbos.system.expressions import select
from dbos.system.statement import Read, Statement, Transaction, statement


@statement
def CHILDREN(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.workflow_uuid).where(spoken.among(table.c.parent_workflow_id, "ids"))


@statement
def FORKS(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.workflow_uuid).where(spoken.among(table.c.forked_from, "ids"))


def read_descendants(spoken: Language, ids: list[str]) -> Read[list[str]]:
    """The ids of children, their children and so on; one query for each generation."""
    return _generations("find child workflows", CHILDREN, spoken, ids)


def read_forks(spoken: Language, workflow_id: str) -> Read[list[str]]:
    """The ids of the forks of a workflow, their forks and so on."""
    return _generations("find forks", FORKS, spoken, [workflow_id])


def _generations(
    what: str, following: Statement, spoken: Language, ids: list[str]
) -> Read[list[str]]:
    def body(transaction: Transaction) -> list[str]:
        known = set(ids)
        found: list[str] = []
        generation = ids
        while generation:
            rows = transaction.run(following, ids=spoken.listed(generation)).rows
            generation = [row[0] for row in rows if row[0] not in known]
            known.update(generation)
            found.extend(generation)
        return found

    return Read(what=what, body=body)
