"""Dequeuing: which waiting workflows may start now, claimed in one transaction.

In: the limits of a queue and what this process may run. Out: a ``Script`` that answers the claimed
workflows. Never starts anything and never claims more than the limits allow: the counts and the
claim share one transaction, so they hold over all processes.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from dbos.system.dialect import Language, text_bind, whole_bind
from dbos.system.statement import Read, Row, Script, Transaction, statement
from dbos.system.workflows import CLAIMED, Claimed, claimed


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many may run over all processes and in this one, and how many start in a period."""

    concurrency: int | None = None
    here: int | None = None
    limit: int | None = None
    period_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dequeue:
    """One attempt to take work: bounds of the batch, of the queue and of each partition.

    What ``owner`` has before its slash names the process; ``workflow_versions`` are the versions of
    workflows by name.
    """

    queue_name: str
    most: int
    overall: Bounds
    each: Bounds
    by_partition: bool
    owner: str
    executor_id: str
    application_version: str
    workflow_versions: Mapping[str, str]
    now: int


@dataclass(frozen=True, slots=True)
class Dequeued:
    """The workflows taken, and when to look again at the latest (epoch ms, None: when woken)."""

    workflows: list[Claimed]
    look_again_at: int | None


def _runnable(spoken: Language) -> ColumnElement[bool]:
    table = spoken.tables.workflow_status
    return and_(
        table.c.queue_name == text_bind("queue_name"),
        table.c.status == "ENQUEUED",
        or_(
            table.c.application_version.is_(None),
            table.c.application_version == text_bind("application_version"),
            and_(
                spoken.among(table.c.workflow_version, "workflow_versions"),
                # equal code under another name is another workflow
                table.c.workflow_version == spoken.looked_up(table.c.name, "version_of"),
            ),
        ),
    )


def _claiming(spoken: Language, chosen: Any) -> Any:
    table = spoken.tables.workflow_status
    deadline = case(
        (
            table.c.workflow_deadline_epoch_ms.is_(None),
            whole_bind("now") + table.c.workflow_timeout_ms,
        ),
        else_=table.c.workflow_deadline_epoch_ms,
    )
    return (
        update(table)
        .where(table.c.workflow_uuid.in_(chosen))
        .values(
            status="PENDING",
            owner_xid=text_bind("owner"),
            executor_id=text_bind("executor_id"),
            application_version=text_bind("application_version"),
            workflow_version=func.coalesce(
                spoken.looked_up(table.c.name, "version_of"), table.c.workflow_version
            ),
            recovery_attempts=table.c.recovery_attempts + 1,
            executions=table.c.executions + 1,
            started_at_epoch_ms=whole_bind("now"),
            workflow_deadline_epoch_ms=deadline,
            rate_limited=whole_bind("limited"),
            updated_at=whole_bind("now"),
        )
        .returning(*(table.c[name] for name in CLAIMED))
    )


@statement
def TAKE(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    chosen = (
        select(table.c.workflow_uuid)
        .where(_runnable(spoken))
        .order_by(table.c.priority, table.c.arrival, table.c.workflow_uuid)
        .limit(whole_bind("most"))
        .with_for_update(skip_locked=True)
    )
    return _claiming(spoken, chosen)


@statement
def TAKE_BY_PARTITION(spoken: Language) -> Any:
    """Within the bounds of every partition key, oldest first; no key, no bound."""
    table = spoken.tables.workflow_status
    order = (table.c.priority, table.c.arrival, table.c.workflow_uuid)
    place = func.row_number().over(partition_by=table.c.queue_partition_key, order_by=order)
    ranked = (
        select(
            table.c.workflow_uuid,
            table.c.queue_partition_key,
            table.c.priority,
            table.c.arrival,
            place.label("place"),
        )
        .where(_runnable(spoken))
        .subquery()
    )
    running, started = _running(spoken), _started(spoken)
    key = ranked.c.queue_partition_key
    within = and_(
        ranked.c.place + func.coalesce(running.c.running, 0) <= whole_bind("each"),
        ranked.c.place + func.coalesce(running.c.here, 0) <= whole_bind("each_here"),
        ranked.c.place + func.coalesce(started.c.started, 0) <= whole_bind("each_period"),
    )
    chosen = (
        select(ranked.c.workflow_uuid)
        .outerjoin(running, running.c.queue_partition_key == key)
        .outerjoin(started, started.c.queue_partition_key == key)
        .where(or_(key.is_(None), within))
        .order_by(ranked.c.priority, ranked.c.arrival)
        .limit(whole_bind("most"))
    )
    return _claiming(spoken, chosen)


def _running(spoken: Language) -> Any:
    """How many of each partition run, over all processes and in this one."""
    table = spoken.tables.workflow_status
    process = func.substr(table.c.owner_xid, 1, func.length(text_bind("process")))
    here = func.sum(case((process == text_bind("process"), 1), else_=0))
    return (
        select(table.c.queue_partition_key, func.count().label("running"), here.label("here"))
        .where(table.c.queue_name == text_bind("queue_name"), table.c.status == "PENDING")
        .group_by(table.c.queue_partition_key)
        .subquery()
    )


def _started(spoken: Language) -> Any:
    """How many of each partition started inside the window of the partitions' limiter."""
    table = spoken.tables.workflow_status
    return (
        select(table.c.queue_partition_key, func.count().label("started"))
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.rate_limited == 1,
            table.c.started_at_epoch_ms > whole_bind("each_since"),
        )
        .group_by(table.c.queue_partition_key)
        .subquery()
    )


@statement
def TAKEN(spoken: Language) -> Any:
    """What one attempt has claimed."""
    table = spoken.tables.workflow_status
    return select(*(table.c[name] for name in CLAIMED)).where(
        table.c.status == "PENDING",
        table.c.executor_id == text_bind("executor_id"),
        table.c.owner_xid == text_bind("owner"),
    )


@statement
def PARTITIONED(spoken: Language) -> Any:
    """Whether anything that waits has a partition key."""
    table = spoken.tables.workflow_status
    return (
        select(table.c.workflow_uuid)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.status == "ENQUEUED",
            table.c.queue_partition_key.is_not(None),
        )
        .limit(1)
    )


@statement
def RUNNING(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(func.count()).where(
        table.c.queue_name == text_bind("queue_name"), table.c.status == "PENDING"
    )


@statement
def STARTED(spoken: Language) -> Any:
    """Start times inside the rolling window, oldest first."""
    table = spoken.tables.workflow_status
    return (
        select(table.c.started_at_epoch_ms)
        .where(
            table.c.queue_name == text_bind("queue_name"),
            table.c.rate_limited == 1,
            table.c.started_at_epoch_ms > whole_bind("since"),
        )
        .order_by(table.c.started_at_epoch_ms)
    )


@statement
def RELEASE_DELAYED(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return (
        update(table)
        .where(
            table.c.status == "DELAYED",
            table.c.queue_name == text_bind("queue_name"),
            table.c.delay_until_epoch_ms <= whole_bind("now"),
        )
        .values(
            status="ENQUEUED",
            # a debounced workflow that begins to run lets the next burst begin
            deduplication_id=case(
                (table.c.is_debounced == 1, None), else_=table.c.deduplication_id
            ),
            updated_at=whole_bind("now"),
        )
    )


@statement
def NEXT_DELAYED(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(func.min(table.c.delay_until_epoch_ms)).where(
        table.c.status == "DELAYED", table.c.queue_name == text_bind("queue_name")
    )


@statement
def LOCK_QUEUE(spoken: Language) -> Any:
    """On Postgres, one dequeuer at a time for a queue whose limits span processes."""
    return select(func.pg_advisory_xact_lock(func.hashtext(text_bind("queue_name"))))


def dequeue(spoken: Language, asked: Dequeue) -> Script[Dequeued]:
    """Take what may run now, within all limits of the queue."""
    attempts = itertools.count(1)

    def body(transaction: Transaction) -> Dequeued:
        if next(attempts) > 1:
            # Tried again because the answer to the commit was lost: it may have claimed some.
            found = transaction.run(TAKEN, executor_id=asked.executor_id, owner=asked.owner).rows
            if found:
                return Dequeued(_in_order(found), None)
        # A key alone is enough for order, also on a queue that was not declared partitioned.
        split = asked.by_partition or bool(
            transaction.run(PARTITIONED, queue_name=asked.queue_name).rows
        )
        overall = asked.overall
        if not spoken.is_sqlite and (split or overall.concurrency or overall.limit):
            transaction.run(LOCK_QUEUE, queue_name=asked.queue_name)
        most, again = _allowed(transaction, asked)
        if most <= 0:
            return Dequeued([], again)
        bounds: dict[str, object] = {}
        if split:
            bounds, opens = _partition_bounds(transaction, asked)
            again = min(filter(None, (again, opens)), default=None)
        rows = transaction.run(
            TAKE_BY_PARTITION if split else TAKE,
            queue_name=asked.queue_name,
            application_version=asked.application_version,
            workflow_versions=spoken.listed(sorted(set(asked.workflow_versions.values()))),
            version_of=spoken.mapped(asked.workflow_versions),
            owner=asked.owner,
            executor_id=asked.executor_id,
            now=asked.now,
            most=most,
            limited=int(overall.limit is not None or asked.each.limit is not None),
            **bounds,
        ).rows
        return Dequeued(_in_order(rows), again)

    return Script(what=f"dequeue from {asked.queue_name!r}", body=body)


def _in_order(rows: list[Row]) -> list[Claimed]:
    return sorted((claimed(row) for row in rows), key=lambda one: (one.priority, one.arrival))


def _allowed(transaction: Transaction, asked: Dequeue) -> tuple[int, int | None]:
    """How many of the queue may start now, and when its limit opens again."""
    most, again, bounds = asked.most, None, asked.overall
    if bounds.concurrency is not None:
        running = transaction.run(RUNNING, queue_name=asked.queue_name).rows[0][0]
        most = min(most, bounds.concurrency - running)
    if bounds.limit is not None and bounds.period_ms is not None and most > 0:
        since = asked.now - bounds.period_ms
        rows = transaction.run(STARTED, queue_name=asked.queue_name, since=since).rows
        room = bounds.limit - len(rows)
        if room < most:
            most = room
        if rows:
            again = rows[max(0, len(rows) - bounds.limit)][0] + bounds.period_ms + 1
    return most, again


NO_BOUND = 2**62


def _partition_bounds(
    transaction: Transaction, asked: Dequeue
) -> tuple[dict[str, object], int | None]:
    """The bounds of every partition as parameters, and when the first start leaves its window."""
    each = asked.each if asked.by_partition else Bounds(concurrency=1)
    since, opens = asked.now, None
    if each.period_ms is not None:
        since = asked.now - each.period_ms
        rows = transaction.run(STARTED, queue_name=asked.queue_name, since=since).rows
        # It may not be the partition that waits; then the next look asks for the next start.
        opens = rows[0][0] + each.period_ms + 1 if rows else None
    bounds: dict[str, object] = {
        "each": each.concurrency or NO_BOUND,
        "each_here": each.here or NO_BOUND,
        "each_period": each.limit or NO_BOUND,
        "each_since": since,
        "process": asked.owner.partition("/")[0] + "/",
    }
    return bounds, opens


def release_delayed(queue_name: str, now: int) -> Script[int | None]:
    """Enqueue what was delayed until now; answers when the next delay ends (epoch ms)."""

    def body(transaction: Transaction) -> int | None:
        transaction.run(RELEASE_DELAYED, queue_name=queue_name, now=now)
        row = transaction.run(NEXT_DELAYED, queue_name=queue_name).first()
        return None if row is None or row[0] is None else int(row[0])

    return Script(what=f"release delayed work of {queue_name!r}", body=body)


@statement
def HOLDER(spoken: Language) -> Any:
    table = spoken.tables.workflow_status
    return select(table.c.workflow_uuid).where(
        table.c.queue_name == text_bind("queue_name"),
        table.c.deduplication_id == text_bind("deduplication_id"),
    )


def read_holder(queue_name: str, deduplication_id: str) -> Read[str | None]:
    """The workflow that holds a deduplication id on a queue."""

    def body(transaction: Transaction) -> str | None:
        row = transaction.run(
            HOLDER, queue_name=queue_name, deduplication_id=deduplication_id
        ).first()
        return None if row is None else str(row[0])

    return Read(what=f"find {deduplication_id!r} on queue {queue_name!r}", body=body)
