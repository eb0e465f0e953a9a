"""What a look at a queue with partition keys takes, beside a model that ranks all that waits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dbos import DBOS
from dbos.kernel import runtime
from dbos.system import partitions, queues
from dbos.system.queues import Bounds, Dequeue
from dbos.system.statement import together
from dbos.system.workflows import NewWorkflow, insert
from support.services_by_hand import services_by_hand

ROUNDS = 60
PROCESSES = ("1111111111111111", "2222222222222222")
SERVED, FOREIGN = "served", "foreign"


@dataclass(frozen=True, slots=True)
class Row:
    """One workflow of a queue, waiting or running."""

    id: str
    key: str | None
    priority: int
    arrival: int
    version: str | None
    process: str | None


def modelled(rows: list[Row], most: int, overall: Bounds, each: Bounds, process: str) -> list[str]:
    """The ids that may start, in order, by looking at everything."""
    running = [row for row in rows if row.process is not None]
    allowed = most if overall.concurrency is None else min(most, overall.concurrency - len(running))
    used, used_here = (
        Counter(row.key for row in running),
        Counter(row.key for row in running if row.process == process),
    )
    taken: list[str] = []
    for row in sorted(rows, key=lambda row: (row.priority, row.arrival, row.id)):
        if row.process is not None or row.version == FOREIGN or len(taken) >= allowed:
            continue
        within = each.concurrency is None or used[row.key] < each.concurrency
        within_here = each.here is None or used_here[row.key] < each.here
        if row.key is None or (within and within_here):
            taken.append(row.id)
            used[row.key] += 1
            used_here[row.key] += 1
    return taken


def made(random_: random.Random, queue: str) -> list[Row]:
    """Some keys with few rows and one, mostly in front, with many."""
    keys: list[str | None] = [f"key-{n}" for n in range(random_.randint(1, 12))]
    if random_.random() < 0.3:
        keys.append(None)
    rows = []
    for number in range(random_.randint(0, 90)):
        is_long = random_.random() < 0.7
        rows.append(
            Row(
                id=f"{queue}-{number}",
                key="long" if is_long else random_.choice(keys),
                priority=0 if random_.random() < 0.8 else random_.randint(1, 3),
                arrival=random_.randint(0, 40) + (0 if is_long else random_.choice((0, 60))),
                version=random_.choice((SERVED, SERVED, None, FOREIGN)),
                process=random_.choice(PROCESSES) if random_.random() < 0.15 else None,
            )
        )
    return rows


@pytest.fixture
def launched_idle(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A runtime in which nothing happens beside the test."""
    DBOS.destroy(destroy_registry=True)
    with services_by_hand(monkeypatch):
        DBOS(config={"name": "order", "system_database_url": database_url})
        DBOS.launch()
        yield
    DBOS.destroy(destroy_registry=True)


def _insert(queue: str, rows: list[Row]) -> None:
    writes = [
        insert(
            NewWorkflow(
                workflow_uuid=row.id,
                status="ENQUEUED" if row.process is None else "PENDING",
                name="workflow",
                inputs="",
                serialization="",
                created_at=1,
                arrival=row.arrival,
                application_version=row.version,
                queue_name=queue,
                queue_partition_key=row.key,
                priority=row.priority,
                owner_xid=row.process and f"{row.process}/1",
            )
        )
        for row in rows
    ]
    if writes:
        runtime.active().system.save(together("fill", *writes))


def _bound(random_: random.Random, most: int) -> int | None:
    chosen = random_.randint(0, most)
    return chosen or None


@pytest.mark.usefixtures("launched_idle")
def test_what_is_taken_is_what_a_model_takes_that_ranks_everything() -> None:
    random_ = random.Random(7)
    system = runtime.active().system
    behind = 0
    for number in range(ROUNDS):
        queue = f"queue-{number}"
        rows = made(random_, queue)
        _insert(queue, rows)
        most = random_.randint(1, 12)
        overall = Bounds(concurrency=_bound(random_, 20))
        each = Bounds(concurrency=_bound(random_, 5), here=_bound(random_, 3))
        asked = Dequeue(
            queue_name=queue,
            most=most,
            overall=overall,
            each=each,
            by_partition=True,
            owner=f"{PROCESSES[0]}/2",
            executor_id="local",
            application_version=SERVED,
            workflow_versions={},
        )
        taken = system.save(queues.dequeue(system.language, asked)).workflows
        expected = modelled(rows, most, overall, each, PROCESSES[0])
        found = sorted((one.priority, one.arrival, one.workflow_id) for one in taken)
        assert [id for _, _, id in found] == expected, (number, rows, asked)
        front = [row for row in rows if row.process is None and row.version != FOREIGN]
        front.sort(key=lambda row: (row.priority, row.arrival, row.id))
        last = {row.id for row in front[: partitions.in_front(most)]}
        behind += not last.issuperset(expected)
    # Both ways of finding them were needed.
    assert 5 < behind < ROUNDS - 5
