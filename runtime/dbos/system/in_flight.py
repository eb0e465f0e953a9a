"""What is in flight: everything begun, enqueued or delayed that has not ended.

In: how far an earlier page came, or which versions somebody runs. Out: ``Read`` values with rows
and counts, and the ``Write`` values that put waiting work on another version and let begun work
wait. Never loads an input, a
result or an error, so it can neither run what is stored nor be slowed down by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dbos.kernel import seam
from dbos.system.dialect import Language, one_of, text_bind, whole_bind
from dbos.system.expressions import and_, case, func, literal_column, select, update
from dbos.system.pending import is_orphaned
from dbos.system.statement import Read, Result, Transaction, Write, affected, statement
from dbos.system.workflows import OPEN

WAITING = ("ENQUEUED", "DELAYED")


@dataclass(frozen=True, slots=True)
class Entry:
    """One workflow in flight. ``created_at`` in epoch milliseconds."""

    workflow_id: str
    name: str
    status: str
    queue_name: str | None
    application_version: str | None
    workflow_version: str | None
    created_at: int | None
    executions: int


@dataclass(frozen=True, slots=True)
class Done:
    """One recorded operation, without its result."""

    workflow_id: str
    number: int
    position: str
    name: str
    child_workflow_id: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Workflows alike: how many, and the id of one. Those ``begun`` were running when last seen."""

    begun: bool
    queue_name: str | None
    name: str
    application_version: str | None
    workflow_version: str | None
    count: int
    example: str


@statement
def PAGE(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        select(
            table.c.workflow_uuid,
            table.c.name,
            table.c.status,
            table.c.queue_name,
            table.c.application_version,
            table.c.workflow_version,
            table.c.created_at,
            table.c.executions,
        )
        .where(one_of(table.c.status, OPEN), table.c.workflow_uuid > text_bind("after"))
        .order_by(table.c.workflow_uuid)
        .limit(whole_bind("most"))
    )


@statement
def OPERATIONS(spoken: Language) -> Any:
    table = spoken.tables.operation_outputs
    return (
        select(
            table.c.workflow_uuid,
            table.c.position,
            table.c.function_name,
            table.c.child_workflow_id,
            table.c.function_id,
        )
        .where(spoken.among(table.c.workflow_uuid, "ids"))
        .order_by(table.c.workflow_uuid, table.c.function_id)
    )


def _alike(table: Any) -> Any:
    """Workflows of versions that nobody runs, counted by what decides who may run them."""
    alike = [
        table.c[name] for name in ("queue_name", "name", "application_version", "workflow_version")
    ]
    return (
        select(*alike, func.count(), func.min(table.c.workflow_uuid))
        .where(table.c.application_version.is_not(None))
        .group_by(*alike)
    )


@statement
def BEGUN(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return _alike(table).where(
        table.c.status == "PENDING",
        is_orphaned(spoken),
        ~spoken.among(table.c.application_version, "served"),
    )


@statement
def QUEUED(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return _alike(table).where(
        table.c.queue_name == text_bind("queue_name"),
        _waits(table),
        table.c.application_version == text_bind("version"),
    )


@statement
def WAITING_VERSIONS(spoken: Language) -> Any:
    """Each queue with the versions that work waits for: one step in an index for each.

    Before the versions of a queue stands "", and the last row is empty. Where everything is in
    order, what waits is of versions that are alive, so this is all that is read.
    """
    table = spoken.tables.workflow_status.alias("waiting")
    queue, version = table.c.queue_name, table.c.application_version
    rows = and_(_waits(table), version.is_not(None))
    none: Any = literal_column("''")
    start = select(none.label("queue_name"), none.label("version"))
    known = start.cte("known", recursive=True)
    next_queue = select(func.min(queue)).where(rows, queue > known.c.queue_name)
    next_version = select(func.min(version)).where(
        rows, queue == known.c.queue_name, version > known.c.version
    )
    of_queue, following = (
        found.correlate_except(table).scalar_subquery() for found in (next_version, next_queue)
    )
    step = select(
        case((of_queue.is_(None), following), else_=known.c.queue_name),
        func.coalesce(of_queue, none),
    )
    known = known.union_all(step.where(known.c.queue_name.is_not(None)))
    return select(known.c.queue_name, known.c.version)


def _waits(workflows: Any) -> Any:
    """Waiting on a queue, spelled as in the index of what waits."""
    return one_of(workflows.c.status, WAITING)


@statement
def ADOPT(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    waits = _waits(table)
    chosen = (
        select(table.c.workflow_uuid)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            waits,
            table.c.name == text_bind("name"),
            table.c.application_version == text_bind("former_application_version"),
            table.c.workflow_version == text_bind("former_workflow_version"),
        )
        .limit(whole_bind("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(table)
        .where(table.c.workflow_uuid.in_(chosen), waits)
        .values(
            application_version=text_bind("application_version"),
            workflow_version=text_bind("workflow_version"),
            updated_at=whole_bind("now"),
        )
        .returning(table.c.workflow_uuid)
    )


@statement
def FREE(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    left = and_(
        table.c.status == "PENDING",
        table.c.queue_name == text_bind("queue_name"),
        table.c.application_version == text_bind("application_version"),
        is_orphaned(spoken),
    )
    # A row that somebody holds, such as a process that is stopped, is left to a later look.
    chosen = select(table.c.workflow_uuid).where(left).with_for_update(skip_locked=True)
    return (
        update(table)
        .where(table.c.workflow_uuid.in_(chosen), left)
        .values(status="ENQUEUED", owner_xid=None, updated_at=whole_bind("now"))
    )


def read_page(after: str, most: int) -> Read[list[Entry]]:
    """The next workflows in flight by id, behind the id ``after`` ("" for the first page)."""

    def body(transaction: Transaction) -> list[Entry]:
        return [Entry(*row) for row in transaction.run(PAGE, after=after, most=most).rows]

    return Read(what="list workflows in flight", body=body)


def read_operations(spoken: Language, ids: list[str]) -> Read[dict[str, list[Done]]]:
    """The recorded operations of some workflows, each in the order of the calls."""

    def body(transaction: Transaction) -> dict[str, list[Done]]:
        found: dict[str, list[Done]] = {id: [] for id in ids}
        for id, position, name, child, number in transaction.run(
            OPERATIONS, ids=spoken.listed(ids)
        ).rows:
            place = position if position is not None else str(number)
            found[id].append(Done(id, number, place, name, child))
        return found

    return Read(what="list recorded operations", body=body)


def read_unserved(
    spoken: Language, *, alive: Sequence[str], dead: Sequence[str], served: Sequence[str]
) -> Read[list[Group]]:
    """Work that no living process owns, of application versions that are not ``served``.

    ``alive`` and ``dead`` are the tokens of processes. Begun work first, then queue by queue.
    """

    def body(transaction: Transaction) -> list[Group]:
        versions = spoken.listed(served)
        tokens = {"alive": spoken.listed(alive), "dead": spoken.listed(dead)}
        rows = transaction.run(BEGUN, **tokens, served=versions).rows
        found = [Group(True, *row) for row in rows]
        for queue_name, version in transaction.run(WAITING_VERSIONS).rows:
            if version and version not in served:
                rows = transaction.run(QUEUED, queue_name=queue_name, version=version).rows
                found.extend(Group(False, *row) for row in rows)
        return found

    return Read(what="count work of versions that nobody runs", body=body)


def adopt(
    group: Group, *, application_version: str, workflow_version: str, most: int
) -> Write[list[str]]:
    """Put waiting work of a group on another version; answers the ids that were moved.

    Work that somebody has taken meanwhile is left alone.
    """
    return Write(
        what=f"take over work that waits on {group.queue_name!r}",
        statement=ADOPT,
        parameters={
            "queue_name": group.queue_name,
            "name": group.name,
            "former_application_version": group.application_version,
            "former_workflow_version": group.workflow_version,
            "application_version": application_version,
            "workflow_version": workflow_version,
            "most": most,
            "now": seam.now_ms(),
        },
        read=_ids,
        wakes=(("queue", group.queue_name or ""),),
    )


def free(
    spoken: Language, group: Group, *, alive: Sequence[str], dead: Sequence[str]
) -> Write[int]:
    """Let begun work that nobody owns wait on its queue for its version, not hold a place there."""
    return Write(
        what=f"free places of queue {group.queue_name!r}",
        statement=FREE,
        parameters={
            "queue_name": group.queue_name,
            "application_version": group.application_version,
            "alive": spoken.listed(alive),
            "dead": spoken.listed(dead),
            "now": seam.now_ms(),
        },
        read=affected,
        wakes=(("queue", group.queue_name or ""),),
    )


def _ids(result: Result) -> list[str]:
    return sorted(row[0] for row in result.rows)
