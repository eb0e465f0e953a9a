"""Dequeuing: which waiting workflows may start now, claimed in one transaction.

In: the limits of a queue and what this process may run. Out: a ``Script`` that answers the claimed
workflows. Never starts anything and never claims more than the limits allow: ``taking`` has the
statements, which count and claim at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dbos.kernel import seam
from dbos.system import partitions, taking
from dbos.system.dialect import Language, text_bind
from dbos.system.expressions import select
from dbos.system.statement import Read, Row, Script, Transaction, statement
from dbos.system.workflows import Claimed, claimed


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many may run over all processes and in this one, and how many start in a period."""

    concurrency: int | None = None
    here: int | None = None
    limit: int | None = None
    period_ms: int | None = None

    def since(self, now: int) -> int:
        """Where the window begins in which starts count (epoch ms); ``now`` without a window."""
        return now if self.period_ms is None else now - self.period_ms


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

    @property
    def each_bounds(self) -> Bounds:
        """The bounds of a partition; on a queue that declares none, a key alone means order."""
        return self.each if self.by_partition else Bounds(concurrency=1)


@dataclass(frozen=True, slots=True)
class Dequeued:
    """The workflows taken, and when to look again at the latest (epoch ms, None: when woken).

    ``is_held_back`` says whether more may be allowed when one of the queue has ended, ``is_busy``
    that another process takes from the queue just now: nothing was taken, and soon something may.
    """

    workflows: list[Claimed]
    look_again_at: int | None
    is_held_back: bool
    is_busy: bool = False


def dequeue(spoken: Language, asked: Dequeue) -> Script[Dequeued]:
    """Take what may run now, within all limits of the queue."""
    attempts = itertools.count(1)

    def body(transaction: Transaction) -> Dequeued:
        if next(attempts) > 1:
            # Tried again because the answer to the commit was lost: it may have claimed some.
            found = transaction.run(
                taking.TAKEN, executor_id=asked.executor_id, owner=asked.owner
            ).rows
            if found:
                return Dequeued(_in_order(found), None, is_held_back=True)
        overall = asked.overall
        bounded = overall.concurrency is not None, overall.limit is not None
        began = seam.now_ms()
        keyed, first, each_first, *turn = transaction.run(
            taking.GUARD,
            queue_name=asked.queue_name,
            since=overall.since(began),
            each_since=asked.each_bounds.since(began),
            locks=int(asked.by_partition or any(bounded)),
        ).rows[0]
        if turn == [False]:
            return Dequeued([], None, is_held_back=True, is_busy=True)
        split = asked.by_partition or bool(keyed)
        chosen = (partitions.TAKE_BY_PARTITION if split else taking.TAKE)[bounded]
        # A start counts from here, behind all locks: one that was noted as of the time when the
        # question was put, before an outage for instance, would have left its window already.
        now = seam.now_ms()
        rows = transaction.run(chosen, **_parameters(spoken, asked, split, now)).rows
        # A full batch is followed by the next one.
        starts = [first, each_first]
        again = _opening(asked, starts, bool(rows), now) if len(rows) < asked.most else None
        return Dequeued(_in_order(rows), again, is_held_back=split or any(bounded))

    return Script(what=f"dequeue from {asked.queue_name!r}", body=body)


def _parameters(spoken: Language, asked: Dequeue, split: bool, now: int) -> dict[str, object]:
    overall, each = asked.overall, asked.each_bounds
    parameters: dict[str, object] = {
        "queue_name": asked.queue_name,
        "application_version": asked.application_version,
        "workflow_versions": spoken.listed(sorted(set(asked.workflow_versions.values()))),
        "version_of": spoken.mapped(asked.workflow_versions),
        "owner": asked.owner,
        "executor_id": asked.executor_id,
        "now": now,
        "most": asked.most,
        "limited": int(overall.limit is not None or asked.each.limit is not None),
    }
    if overall.concurrency is not None:
        parameters["concurrency"] = overall.concurrency
    if overall.limit is not None:
        parameters |= {"limit": overall.limit, "since": overall.since(now)}
    if split:
        parameters |= {
            "front": partitions.in_front(asked.most),
            "each": partitions.NO_BOUND if each.concurrency is None else each.concurrency,
            "each_here": partitions.NO_BOUND if each.here is None else each.here,
            "each_period": partitions.NO_BOUND if each.limit is None else each.limit,
            "each_since": each.since(now),
            "process": asked.owner.partition("/")[0] + "/",
        }
    return parameters


def _in_order(rows: list[Row]) -> list[Claimed]:
    return sorted((claimed(row) for row in rows), key=lambda one: (one.priority, one.arrival))


def _opening(asked: Dequeue, starts: list[int | None], took_some: bool, now: int) -> int | None:
    """When the first start leaves the window of a limiter.

    It may not be the start that matters, such as one of another partition; then the next look asks
    for the next one.
    """
    opens: list[int] = []
    for bounds, first in zip((asked.overall, asked.each_bounds), starts, strict=False):
        if bounds.period_ms is not None and (first is not None or took_some):
            opens.append((now if first is None else first) + bounds.period_ms + 1)
    return min(opens, default=None)


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
