"""How full the queues are: waiting and running workflows by queue, counted in one query.

In: nothing. Out: a ``Read``. Never looks at limits: those are declared in code.
"""

from __future__ import annotations

from typing import Any

from dbos.system.dialect import Language, one_of
from dbos.system.expressions import func, select
from dbos.system.statement import Read, Transaction, statement
from dbos.system.workflows import OPEN


@statement
def COUNT(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        select(table.c.queue_name, table.c.status, func.count(), func.min(table.c.created_at))
        .where(table.c.queue_name.is_not(None), one_of(table.c.status, OPEN))
        .group_by(table.c.queue_name, table.c.status)
    )


def read_occupancy() -> Read[list[dict[str, Any]]]:
    """Per queue with unfinished work: what is enqueued, delayed, running; the oldest's time."""

    def body(transaction: Transaction) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name, status, count, oldest in transaction.run(COUNT).rows:
            row = found.setdefault(
                name,
                {"queue_name": name, "enqueued": 0, "delayed": 0, "running": 0, "oldest": oldest},
            )
            row["running" if status == "PENDING" else status.lower()] = count
            row["oldest"] = min(row["oldest"], oldest)
        return [found[name] for name in sorted(found)]

    return Read(what="count queued work", body=body)
