"""Prefetching: all that is on record of recovered workflows, in one query, before they go on.

In: the ids of workflows. Out: a ``Read`` of their operations. Never loads anything for a workflow
that starts: its history is known to be empty, so a first execution reads nothing at all.

Why: replay looks up one record for each operation, and asking for each of them is a round trip. The
history of a batch of workflows is one range of the primary key for each, so it comes in one query,
whatever its length. Measured in turn with 10,000 recorded steps, beside one prepared question for
each: 2.5 times as fast on SQLite, where a question costs no round trip, and 20 times on Postgres,
for an eighteenth of the CPU. Whoever takes a batch (``dispatcher``, ``recovery``) asks for it all.
"""

from __future__ import annotations

from typing import Any

from dbos.kernel.record import StepRecord
from dbos.system.dialect import Language
from dbos.system.expressions import select
from dbos.system.statement import Read, Transaction, statement
from dbos.system.steps import COLUMNS


@statement
def HISTORY(spoken: Language) -> Any:
    steps = spoken.tables.operation_outputs
    columns = [steps.c[name] for name in ("workflow_uuid", *COLUMNS)]
    return (
        select(*columns)
        .where(spoken.among(steps.c.workflow_uuid, "ids"))
        .order_by(steps.c.workflow_uuid, steps.c.function_id)
    )


def read_histories(spoken: Language, ids: list[str]) -> Read[dict[str, list[StepRecord]]]:
    """All recorded operations of some workflows, in one query."""

    def body(transaction: Transaction) -> dict[str, list[StepRecord]]:
        found: dict[str, list[StepRecord]] = {id: [] for id in ids}
        for row in transaction.run(HISTORY, ids=spoken.listed(ids)).rows:
            found[row[0]].append(
                StepRecord(
                    function_id=row[1],
                    function_name=row[2],
                    position=row[3] if row[3] is not None else str(row[1]),
                    output=row[4],
                    error=row[5],
                    serialization=row[6] or "json",
                    child_workflow_id=row[7],
                    started_at=row[8],
                    completed_at=row[9],
                    input_digest=row[10],
                )
            )
        return found

    return Read(what="read recorded steps", body=body)
