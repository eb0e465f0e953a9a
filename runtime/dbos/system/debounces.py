"""Debounced rows of ``workflow_status``: one waiting run per key, whose input calls replace.

In: the row that a burst would begin with. Out: a ``Script`` that answers the id of the waiting run.
Never touches a run that has begun: it holds the key no more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbos.error import DBOSException
from dbos.kernel import seam
from dbos.system import steps, workflows
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import case, null, update
from dbos.system.statement import Script, Transaction, statement
from dbos.system.steps import StepRecord
from dbos.system.workflows import NewWorkflow


@statement
def EXTEND(spoken: Language) -> Any:
    """Replace the input of the waiting run and put it off, but not past its own deadline."""
    table = spoken.tables.workflow_status
    until, latest = whole_bind("until"), table.c.debounce_deadline_epoch_ms
    bounded = case((latest < until, latest), else_=until)
    return (
        update(table)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.deduplication_id == text_bind("deduplication_id"),
            table.c.status == "DELAYED",
            table.c.delay_until_epoch_ms > whole_bind("now"),
        )
        .values(
            inputs=text_bind("inputs"),
            serialization=text_bind("serialization"),
            delay_until_epoch_ms=bounded,
            updated_at=whole_bind("now"),
        )
        .returning(table.c.workflow_uuid)
    )


@statement
def LET_GO(spoken: Language) -> Any:
    """Release the run whose time has come, so that the key is free for the next burst."""
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.deduplication_id == text_bind("deduplication_id"),
            table.c.is_debounced == 1,
            table.c.status == "DELAYED",
            table.c.delay_until_epoch_ms <= whole_bind("now"),
        )
        .values(status="ENQUEUED", deduplication_id=null(), updated_at=whole_bind("now"))
    )


class NotRecordedError(Exception):
    """The caller may not record any more, or has recorded this bounce before; nothing was done."""


def bounce(row: NewWorkflow) -> Script[str]:
    """Extend the waiting run of this key, or begin a new one; answers its id."""
    return Script(
        what=f"debounce {row.deduplication_id!r}",
        body=lambda transaction: _bounce(transaction, row),
        wakes=workflows.queue_wakes(row),
    )


def bounce_recorded(
    row: NewWorkflow, workflow_id: str, owner: str, record_for: Callable[[str], StepRecord]
) -> Script[tuple[str, str]]:
    """Bounce from workflow ``workflow_id`` and record it; answers the run's id and the status.

    Raises ``NotRecordedError``, with nothing done, when ``steps.record`` would not record.
    """

    def body(transaction: Transaction) -> tuple[str, str]:
        run_id = _bounce(transaction, row)
        status = steps.record(workflow_id, owner, record_for(run_id)).apply(transaction)
        if status is None:
            raise NotRecordedError
        return run_id, status

    return Script(
        what=f"debounce {row.deduplication_id!r} from workflow {workflow_id}",
        body=body,
        wakes=workflows.queue_wakes(row),
    )


def _bounce(transaction: Transaction, row: NewWorkflow) -> str:
    now = seam.now_ms()
    place = {"queue_name": row.queue_name, "deduplication_id": row.deduplication_id}
    changed = {
        "inputs": row.inputs,
        "serialization": row.serialization,
        "until": row.delay_until_epoch_ms,
        "now": now,
    }
    extended = transaction.run(EXTEND, **place, **changed).first()
    if extended is None:
        transaction.run(LET_GO, **place, now=now)
        if workflows.insert(row).apply(transaction):
            return row.workflow_uuid
        # Somebody else began the burst between the two statements.
        extended = transaction.run(EXTEND, **place, **changed).first()
    if extended is None:
        raise DBOSException(
            f"Workflow id {row.workflow_uuid!r} or debounce key {row.deduplication_id!r} is taken"
            " by another workflow"
        )
    return str(extended[0])
