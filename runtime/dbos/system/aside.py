"""Setting workflows aside: recovered too often, waiting for other code, or not to be run here.

In: an execution's workflow and owner token. Out: ``Write`` values. Never ends a workflow: what is
set aside can be resumed, and what was given up can be taken by another process.
"""

from __future__ import annotations

from typing import Any

from dbos.kernel import seam
from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.expressions import update
from dbos.system.fence import is_held
from dbos.system.statement import Write, affected, statement
from dbos.system.workflows import BLOCKED


@statement
def PARK(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(is_held(table))
        .values(
            status="MAX_RECOVERY_ATTEMPTS_EXCEEDED",
            queue_name=None,
            deduplication_id=None,
            updated_at=whole_bind("now"),
        )
    )


@statement
def BLOCK(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(is_held(table))
        .values(
            owner_xid=text_bind("blocked_owner"),
            error=text_bind("error"),
            output_serialization=text_bind("serialization"),
            updated_at=whole_bind("now"),
        )
    )


@statement
def GIVE_UP(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(is_held(table))
        .values(
            owner_xid=None,
            # Nothing of it has run: the claim does not count as an execution.
            recovery_attempts=table.c.recovery_attempts - 1,
            executions=table.c.executions - 1,
            updated_at=whole_bind("now"),
        )
    )


def park(workflow_id: str, *, owner: str, queue_name: str | None) -> Write[int]:
    """Set a workflow aside that exceeded its recovery attempts; it leaves its place in its queue.

    Whoever takes work from that queue is woken: the place may be all that others wait for.
    """
    wakes: tuple[tuple[str, ...], ...] = (("workflow", workflow_id),)
    if queue_name is not None:
        wakes = (*wakes, ("queue", queue_name))
    return Write(
        what=f"park workflow {workflow_id}",
        statement=PARK,
        parameters={"workflow_uuid": workflow_id, "owner": owner, "now": seam.now_ms()},
        read=affected,
        wakes=wakes,
    )


def block(workflow_id: str, *, owner: str, error: str, serialization: str) -> Write[int]:
    """Note why a workflow cannot go on. It stays pending and is not run again by this process."""
    return Write(
        what=f"block workflow {workflow_id}",
        statement=BLOCK,
        parameters={
            "workflow_uuid": workflow_id,
            "owner": owner,
            "blocked_owner": owner.partition("/")[0] + BLOCKED,
            "error": error,
            "serialization": serialization,
            "now": seam.now_ms(),
        },
        read=affected,
        wakes=(("workflow", workflow_id),),
    )


def give_up(workflow_id: str, *, owner: str) -> Write[int]:
    """Leave a workflow that was claimed, and cannot be run here, to whoever can run it."""
    return Write(
        what=f"give up workflow {workflow_id}",
        statement=GIVE_UP,
        parameters={"workflow_uuid": workflow_id, "owner": owner, "now": seam.now_ms()},
        read=affected,
    )
