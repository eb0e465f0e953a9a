"""A look at a queue with partition keys reads what it takes, not what waits: work is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue
from dbos.kernel import runtime, seam
from dbos.system import SystemDatabase, queues
from dbos.system.queues import Bounds, Dequeue
from support.services_by_hand import services_by_hand
from support.work import copies, end_all, work

SHORT, LONG = 1_000, 20_000
MOST = 50
KEYS = 60


@pytest.fixture
def system(config: DBOSConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemDatabase]:
    """A launched runtime with one waiting workflow, and nothing that asks beside the test."""
    queue = Queue("long", partition_concurrency=1)

    @DBOS.workflow()
    def workflow() -> None: ...

    with services_by_hand(monkeypatch):
        DBOS(config={**config, "use_listen_notify": False})
        DBOS.launch()
        queue.enqueue(workflow, partition_key="first")
        yield runtime.active().system


def taken(system: SystemDatabase, each: Bounds, overall: Bounds = Bounds()) -> list[str | None]:  # noqa: B008
    """The keys of one batch."""
    now = runtime.active()
    asked = Dequeue(
        queue_name="long",
        most=MOST,
        overall=overall,
        each=each,
        by_partition=True,
        owner=now.new_owner(),
        executor_id=now.executor_id,
        application_version=now.application_version,
        workflow_versions={},
    )
    found = system.save(queues.dequeue(system.language, asked)).workflows
    return [one.partition_key for one in found]


# The key of the n-th that waits, what bounds each key, and how many a look then takes.
FRONTS: dict[str, tuple[str, Bounds, int]] = {
    "a key for each": ("'key-' || i", Bounds(concurrency=1), MOST),
    "a few keys with room": ("'key-' || (i % 3)", Bounds(concurrency=30), MOST),
    "a few keys that have no room": ("'key-' || (i % 3)", Bounds(concurrency=5), 0),
    "a limiter for each key": (
        f"'key-' || (i % {KEYS})",
        Bounds(limit=10, period_ms=60_000),
        MOST,
    ),
    "a bound in each process": (f"'key-' || (i % {KEYS})", Bounds(here=2), MOST),
}


@pytest.mark.parametrize("front", FRONTS)
def test_a_look_costs_the_same_however_much_waits(system: SystemDatabase, front: str) -> None:
    key, each, most = FRONTS[front]
    costs: list[int] = []

    def ask(system: SystemDatabase) -> None:
        assert len(taken(system, each)) == most

    for first, count in ((1, SHORT), (1 + SHORT, LONG)):
        end_all(system)
        copies(system, "ENQUEUED", first, count, queue_partition_key=key)
        if most == 0:
            taken(system, each)
        costs.append(work(system, ask))
    assert costs[1] <= 1.25 * costs[0] + MOST


def test_behind_a_long_key_without_room_each_key_costs_one_step(system: SystemDatabase) -> None:
    costs: list[int] = []

    def ask(system: SystemDatabase) -> None:
        assert taken(system, Bounds(concurrency=1)) == [f"key-{number}" for number in range(MOST)]

    assert taken(system, Bounds(concurrency=1)) == ["first"]
    later = "arrival + 1000000000 + i"
    for first, count in ((1, SHORT), (1 + SHORT, LONG)):
        copies(system, "ENQUEUED", first, count, queue_partition_key="'first'")
        keys = f"'key-' || (i - {first * KEYS})"
        columns = {"workflow_uuid": "'key-' || i", "arrival": later, "queue_partition_key": keys}
        copies(system, "ENQUEUED", first * KEYS, KEYS, **columns)
        costs.append(work(system, ask))
        with system.database.open().connection as connection:
            connection.execute(
                f"UPDATE {system.language.tables.workflow_status} SET status = 'SUCCESS'"
                " WHERE queue_partition_key <> 'first'"
            )
    assert costs[1] <= 1.25 * costs[0] + MOST


def test_delays_that_are_not_over_are_not_read(system: SystemDatabase) -> None:
    from dbos.system import delays

    now, costs = seam.now_ms(), []

    def ask(system: SystemDatabase) -> Any:
        return system.save(delays.release_delayed("long", now))

    for first, count in ((1, SHORT), (1 + SHORT, LONG)):
        due = f"{now} + {first + count} - i" if first == 1 else f"{now} + 100000 + i"
        copies(system, "DELAYED", first, count, delay_until_epoch_ms=due)
        ask(system)
        costs.append(work(system, ask))
    assert costs[1] <= 1.25 * costs[0] + MOST
