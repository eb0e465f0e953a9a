"""Rows of ``workflow_status``: begin, claim, finish, cancel, resume, and how a workflow ended.

In: plain values, already encoded. Out: ``Write``, ``Script`` and ``Read`` values for the committer.
Never encodes a payload and never decides who may run what.

Ownership: ``owner_xid`` is the token of the one execution that may record. Every claim replaces it
in one statement, and every later write asks for it, so an execution that lost its workflow cannot
write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbos.kernel import seam
from dbos.system.dialect import Language, one_of, text_bind, whole_bind
from dbos.system.expressions import func, or_, select, update
from dbos.system.fence import is_held
from dbos.system.statement import Read, Result, Row, Transaction, Write, affected, statement

# What follows the process token when a workflow waits for the right code.
BLOCKED = "/blocked"
OPEN = ("PENDING", "ENQUEUED", "DELAYED")
RESUMABLE = (*OPEN, "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorkflow:
    """One row to insert. Times in epoch milliseconds; payloads encoded."""

    workflow_uuid: str
    status: str
    name: str
    inputs: str
    serialization: str
    created_at: int
    arrival: int
    class_name: str | None = None
    config_name: str | None = None
    authenticated_user: str | None = None
    assumed_role: str | None = None
    authenticated_roles: str | None = None
    executor_id: str | None = None
    owner_xid: str | None = None
    application_version: str | None = None
    workflow_version: str | None = None
    application_name: str | None = None
    recovery_attempts: int = 0
    executions: int = 0
    queue_name: str | None = None
    deduplication_id: str | None = None
    queue_partition_key: str | None = None
    priority: int = 0
    delay_until_epoch_ms: int | None = None
    started_at_epoch_ms: int | None = None
    workflow_timeout_ms: int | None = None
    workflow_deadline_epoch_ms: int | None = None
    parent_workflow_id: str | None = None
    forked_from: str | None = None
    schedule_name: str | None = None
    attributes: str | None = None
    is_debounced: int = 0
    debounce_deadline_epoch_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an execution needs to know about the workflow it has just claimed."""

    workflow_id: str
    name: str
    class_name: str | None
    config_name: str | None
    inputs: str
    serialization: str
    recovery_attempts: int
    executions: int
    deadline_ms: int | None
    queue_name: str | None
    authenticated_user: str | None
    assumed_role: str | None
    authenticated_roles: str | None
    owner: str
    priority: int
    arrival: int
    partition_key: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How far a workflow is and, when it has ended, how. Payloads still encoded."""

    status: str
    name: str
    class_name: str | None
    config_name: str | None
    output: str | None
    error: str | None
    serialization: str | None
    owner: str | None
    executor_id: str | None
    queue_name: str | None

    def is_blocked(self) -> bool:
        """Whether the workflow is pending but waits for code that fits its history."""
        return self.status == "PENDING" and (self.owner or "").endswith(BLOCKED)


CLAIMED = (
    *("workflow_uuid", "name", "class_name", "config_name", "inputs", "serialization"),
    *("recovery_attempts", "executions", "workflow_deadline_epoch_ms", "queue_name"),
    *("authenticated_user", "assumed_role", "authenticated_roles", "owner_xid", "priority"),
    *("arrival", "queue_partition_key"),
)
ENDING = (
    *("status", "name", "class_name", "config_name", "output", "error"),
    *("output_serialization", "owner_xid", "executor_id", "queue_name"),
)
_WHOLE = frozenset(
    name for name, kind in NewWorkflow.__annotations__.items() if kind.startswith("int")
)


def new_values() -> dict[str, Any]:
    """The columns of a new row and their parameters."""
    values = {
        name: whole_bind(name) if name in _WHOLE else text_bind(name)
        for name in NewWorkflow.__annotations__
    }
    return {**values, "updated_at": whole_bind("created_at")}


@statement
def INSERT(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    inserted = spoken.insert(table).values(new_values()).on_conflict_do_nothing()
    return inserted.returning(table.c.workflow_uuid)


def _is_free(table: Any) -> Any:
    """The workflow, unless its row is locked: its owner is stopped amid a transaction.

    Whoever waited for that lock could do nothing else meanwhile; the next look finds it again.
    """
    row = select(table.c.workflow_uuid).where(table.c.workflow_uuid == text_bind("workflow_uuid"))
    return table.c.workflow_uuid.in_(row.with_for_update(skip_locked=True))


@statement
def CLAIM(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            _is_free(table),
            table.c.status == "PENDING",
            # The second is ours: a claim whose answer was lost is tried again.
            or_(
                func.coalesce(table.c.owner_xid, "") == text_bind("former_owner"),
                table.c.owner_xid == text_bind("owner"),
            ),
        )
        .values(
            owner_xid=text_bind("owner"),
            executor_id=text_bind("executor_id"),
            application_version=text_bind("application_version"),
            workflow_version=func.coalesce(text_bind("workflow_version"), table.c.workflow_version),
            recovery_attempts=table.c.recovery_attempts + 1,
            executions=table.c.executions + 1,
            updated_at=whole_bind("now"),
        )
        .returning(*(table.c[name] for name in CLAIMED))
    )


@statement
def REQUEUE(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            _is_free(table),
            table.c.status == "PENDING",
            func.coalesce(table.c.owner_xid, "") == text_bind("former_owner"),
        )
        .values(
            status="ENQUEUED",
            owner_xid=None,
            application_version=func.coalesce(
                text_bind("application_version"), table.c.application_version
            ),
            workflow_version=func.coalesce(text_bind("workflow_version"), table.c.workflow_version),
            updated_at=whole_bind("now"),
        )
    )


@statement
def FINISH(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(is_held(table))
        .values(
            status=text_bind("status"),
            output=text_bind("output"),
            error=text_bind("error"),
            output_serialization=text_bind("serialization"),
            deduplication_id=None,
            completed_at=whole_bind("now"),
            updated_at=whole_bind("now"),
        )
    )


@statement
def READ_ENDING(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    columns = [table.c[name] for name in ENDING]
    return select(*columns).where(table.c.workflow_uuid == text_bind("workflow_uuid"))


@statement
def CANCEL(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(spoken.among(table.c.workflow_uuid, "ids"))
        .where(one_of(table.c.status, (*OPEN, "MAX_RECOVERY_ATTEMPTS_EXCEEDED")))
        .values(
            status="CANCELLED",
            queue_name=None,
            deduplication_id=None,
            completed_at=whole_bind("now"),
            updated_at=whole_bind("now"),
        )
        .returning(table.c.workflow_uuid)
    )


@statement
def CANCEL_LATE(spoken: Language) -> Any:
    """Cancel one workflow whose deadline has passed."""
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            table.c.workflow_uuid == text_bind("workflow_uuid"),
            one_of(table.c.status, OPEN),
            table.c.workflow_deadline_epoch_ms <= whole_bind("now"),
        )
        .values(
            status="CANCELLED",
            queue_name=None,
            deduplication_id=None,
            completed_at=whole_bind("now"),
            updated_at=whole_bind("now"),
        )
    )


@statement
def RESUME(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(spoken.among(table.c.workflow_uuid, "ids"))
        .where(one_of(table.c.status, RESUMABLE))
        .where(
            or_(
                table.c.status != "PENDING",
                func.coalesce(table.c.owner_xid, "") == text_bind("former_owner"),
            )
        )
        .values(
            status="ENQUEUED",
            queue_name=text_bind("queue_name"),
            owner_xid=None,
            recovery_attempts=0,
            deduplication_id=None,
            queue_partition_key=None,
            application_version=text_bind("application_version"),
            workflow_version=None,
            workflow_deadline_epoch_ms=None,
            workflow_timeout_ms=None,
            delay_until_epoch_ms=None,
            started_at_epoch_ms=None,
            completed_at=None,
            updated_at=whole_bind("now"),
        )
        .returning(table.c.workflow_uuid)
    )


def insert(row: NewWorkflow) -> Write[bool]:
    """Create a workflow. False when its id or its deduplication id is taken."""
    return Write(
        what=f"start workflow {row.workflow_uuid}",
        statement=INSERT,
        parameters={name: getattr(row, name) for name in NewWorkflow.__annotations__},
        read=lambda result: result.count == 1,
        wakes=(("workflow", row.workflow_uuid), *queue_wakes(row)),
    )


def queue_wakes(row: NewWorkflow) -> tuple[tuple[str, ...], ...]:
    """Whom a new row wakes that waits on a queue."""
    match row.queue_name, row.status:
        case str(name), "ENQUEUED":
            return (("queue", name),)
        case str(name), "DELAYED":
            return (("delayed", name), ("queue", name))
        case _:
            return ()


def claim(
    workflow_id: str,
    *,
    former_owner: str | None,
    owner: str,
    executor_id: str,
    application_version: str,
    workflow_version: str | None,
) -> Write[Claimed | None]:
    """Take a pending workflow from ``former_owner``. None when somebody was faster.

    From now on its record is one of these versions; the workflow's is kept when the new one is not
    known.
    """
    return Write(
        what=f"claim workflow {workflow_id}",
        statement=CLAIM,
        parameters={
            "workflow_uuid": workflow_id,
            "former_owner": former_owner or "",
            "owner": owner,
            "executor_id": executor_id,
            "application_version": application_version,
            "workflow_version": workflow_version,
            "now": seam.now_ms(),
        },
        read=_read_claimed,
    )


def claimed(row: Row) -> Claimed:
    """The value of a row of the ``CLAIMED`` columns."""
    return Claimed(*row)


def _read_claimed(result: Result) -> Claimed | None:
    row = result.first()
    return None if row is None else claimed(row)


def requeue(
    workflow_id: str,
    *,
    former_owner: str | None,
    queue_name: str,
    application_version: str | None = None,
    workflow_version: str | None = None,
) -> Write[int]:
    """Put a workflow of a dead process back on its queue, where limits hold.

    With versions, it is those that may take it from there.
    """
    return Write(
        what=f"put workflow {workflow_id} back on its queue",
        statement=REQUEUE,
        parameters={
            "workflow_uuid": workflow_id,
            "former_owner": former_owner or "",
            "application_version": application_version,
            "workflow_version": workflow_version,
            "now": seam.now_ms(),
        },
        read=affected,
        wakes=(("queue", queue_name),),
    )


def finish(
    workflow_id: str,
    *,
    owner: str,
    status: str,
    output: str | None,
    error: str | None,
    serialization: str,
    queue_name: str | None,
    unhurried: bool = False,
) -> Write[int]:
    """Record how a workflow ended. Answers 0 when it was cancelled or taken over meanwhile.

    ``unhurried`` when nobody waits for the end.
    """
    wakes: tuple[tuple[str, ...], ...] = (("workflow", workflow_id),)
    if queue_name is not None:
        wakes = (*wakes, ("queue", queue_name))
    return Write(
        what=f"finish workflow {workflow_id}",
        statement=FINISH,
        parameters={
            "workflow_uuid": workflow_id,
            "owner": owner,
            "status": status,
            "output": output,
            "error": error,
            "serialization": serialization,
            "now": seam.now_ms(),
        },
        read=affected,
        wakes=wakes,
        unhurried=unhurried,
    )


def read_ending(workflow_id: str) -> Read[Ending | None]:
    """How far a workflow is; None when there is none with this id."""

    def body(transaction: Transaction) -> Ending | None:
        row = transaction.run(READ_ENDING, workflow_uuid=workflow_id).first()
        return None if row is None else Ending(*row)

    return Read(what=f"read workflow {workflow_id}", body=body)


def cancel(spoken: Language, ids: list[str]) -> Write[list[str]]:
    """Cancel workflows that have not ended; answers the ids that were cancelled now."""
    return Write(
        what="cancel workflows",
        statement=CANCEL,
        parameters={"ids": spoken.listed(ids), "now": seam.now_ms()},
        read=_first_column,
        wakes=tuple(("workflow", id) for id in ids),
    )


def cancel_late(workflow_id: str, now: int) -> Write[int]:
    """Cancel a workflow whose deadline has passed; answers how many were cancelled."""
    return Write(
        what=f"time out workflow {workflow_id}",
        statement=CANCEL_LATE,
        parameters={"workflow_uuid": workflow_id, "now": now},
        read=affected,
        wakes=(("workflow", workflow_id),),
    )


def resume(
    spoken: Language,
    ids: list[str],
    *,
    queue_name: str,
    application_version: str | None,
    former_owner: str | None = None,
) -> Write[list[str]]:
    """Let workflows go on, under ``application_version`` (None: whoever runs next).

    A pending workflow is only taken when ``former_owner``, its dead owner, is named.
    """
    return Write(
        what="resume workflows",
        statement=RESUME,
        parameters={
            "ids": spoken.listed(ids),
            "queue_name": queue_name,
            "application_version": application_version,
            "former_owner": "\x01" if former_owner is None else former_owner,
            "now": seam.now_ms(),
        },
        read=_first_column,
        wakes=(("queue", queue_name), *(("workflow", id) for id in ids)),
    )


def _first_column(result: Result) -> list[str]:
    return [row[0] for row in result.rows]
