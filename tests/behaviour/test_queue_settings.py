"""Limits of queues: read and changed while the queue is served, and limits per partition."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from dbos import DBOS, DBOSClient, Queue
from dbos.error import DBOSException, DBOSQueueOptionsError
from support.behaviour import eventually

pytestmark = pytest.mark.usefixtures("launched")


class Holding:
    """Keeps workflows running, by partition, until the gate opens."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.gate = threading.Event()

    def enter(self, key: str) -> None:
        """One of this partition runs; returns when the gate is open."""
        self.running.append(key)
        self.gate.wait(30)


@pytest.fixture
def holding() -> Iterator[Holding]:
    """Who runs; opened at the end, so that nothing is left waiting."""
    held = Holding()
    yield held
    held.gate.set()


@pytest.mark.parametrize("limit", ["partition_concurrency", "partition_worker_concurrency"])
def test_each_partition_has_its_own_bound(limit: str, holding: Holding) -> None:
    queue = Queue("by-key", **{limit: 2})  # type: ignore[arg-type]

    @DBOS.workflow()
    def workflow(key: str) -> str:
        holding.enter(key)
        return key

    handles = [queue.enqueue(workflow, key, partition_key=key) for key in "aaaabb"]
    eventually(lambda: sorted(holding.running) == ["a", "a", "b", "b"], "two of each run")
    assert sum(handle.get_status().status == "ENQUEUED" for handle in handles) == 2
    holding.gate.set()
    assert [handle.get_result() for handle in handles] == list("aaaabb")


def test_a_bound_for_all_holds_beside_the_bound_of_each_partition(holding: Holding) -> None:
    queue = Queue("both", global_concurrency=3, partition_concurrency=2)

    @DBOS.workflow()
    def workflow(key: str) -> None:
        holding.enter(key)

    handles = [queue.enqueue(workflow, key, partition_key=key) for key in "aaabbb"]
    eventually(lambda: len(holding.running) == 3, "three run")
    statuses = [handle.get_status().status for handle in handles]
    assert (statuses.count("PENDING"), statuses.count("ENQUEUED")) == (3, 3)
    assert max(holding.running.count("a"), holding.running.count("b")) == 2
    holding.gate.set()
    assert [handle.get_result() for handle in handles] == [None] * 6


def test_a_limiter_of_partitions_counts_each_key_and_opens_again() -> None:
    queue = Queue("limited", partition_limiter={"limit": 1, "period": 0.6})

    @DBOS.workflow()
    def workflow(number: int) -> int:
        return number

    handles = [
        queue.enqueue(workflow, number, partition_key=key)
        for number, key in enumerate(["a", "a", "b"])
    ]
    assert handles[2].get_result() == 2
    assert [handle.get_result() for handle in handles] == [0, 1, 2]
    starts = [handle.get_status().dequeued_at or 0 for handle in handles]
    assert starts[1] - starts[0] >= 600
    assert starts[2] - starts[0] < 600


def test_without_a_key_nothing_enters_a_queue_with_partition_limits() -> None:
    queue = Queue("keyed", partition_concurrency=1)

    @DBOS.workflow()
    def workflow() -> None: ...

    with pytest.raises(DBOSException, match="partition_key"):
        queue.enqueue(workflow)
    assert DBOS.list_workflows() == []


def test_a_changed_limit_counts_at_once_and_for_every_handle(holding: Holding) -> None:
    queue = DBOS.register_queue("changing", concurrency=1)
    other = DBOS.retrieve_queue("changing")
    assert other is not None

    @DBOS.workflow()
    def workflow(key: str) -> str:
        holding.enter(key)
        return key

    handles = [queue.enqueue(workflow, key) for key in "abc"]
    eventually(lambda: len(holding.running) == 1, "one runs")
    other.set_global_concurrency(3)
    eventually(lambda: len(holding.running) == 3, "all run")
    assert (queue.concurrency, queue.global_concurrency) == (3, 3)
    holding.gate.set()
    assert [handle.get_result() for handle in handles] == list("abc")


def test_every_setting_is_read_and_changed() -> None:
    queue = DBOS.register_queue("all", limiter={"limit": 5, "period": 2})
    queue.set_worker_concurrency(2)
    queue.set_partition_concurrency(4)
    queue.set_partition_worker_concurrency(1)
    queue.set_partition_limiter({"limit": 3, "period": 1.5})
    queue.set_limiter(None)
    queue.set_priority_enabled(True)
    queue.set_polling_interval_sec(0.5)
    found = DBOS.retrieve_queue("all")
    assert found is not None
    assert (found.worker_concurrency, found.partition_concurrency) == (2, 4)
    assert (found.partition_worker_concurrency, found.limiter) == (1, None)
    assert found.partition_limiter == {"limit": 3, "period": 1.5}
    assert (found.priority_enabled, found.polling_interval_sec) == (True, 0.5)
    assert found.partition_queue is True
    with pytest.raises(DBOSQueueOptionsError, match="per partition"):
        found.set_partition_queue(False)
    assert found.partition_concurrency == 4


def test_the_older_spelling_of_partitions_shows_its_limits_as_theirs() -> None:
    queue = Queue("older", concurrency=3, partition_queue=True)
    assert (queue.concurrency, queue.global_concurrency) == (3, None)
    assert (queue.partition_concurrency, queue.partition_queue) == (3, True)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"concurrency": 3, "global_concurrency": 4}, "same limit"),
        ({"global_concurrency": 3, "worker_concurrency": 4}, "must not exceed"),
        ({"partition_concurrency": 3, "partition_worker_concurrency": 4}, "must not exceed"),
        ({"partition_concurrency": 5, "global_concurrency": 4}, "must not exceed"),
        ({"partition_queue": True, "partition_concurrency": 5}, "either"),
        ({"limiter": {"limit": 3}}, "must be"),
        ({"partition_limiter": {"limit": 0, "period": 1}}, "at least 1"),
        ({"limiter": {"limit": 1, "period": float("nan")}}, "period"),
        ({"polling_interval_sec": 0}, "positive"),
        ({"on_conflict": "sometimes"}, "on_conflict"),
    ],
)
def test_limits_without_sense_are_refused_before_a_row(
    options: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        DBOS.register_queue("bad", **options)  # type: ignore[arg-type]
    assert DBOS.retrieve_queue("bad") is None


def test_a_change_without_sense_leaves_the_queue_as_it_was() -> None:
    queue = DBOS.register_queue("kept", concurrency=3, worker_concurrency=2)
    with pytest.raises(ValueError, match="must not exceed"):
        queue.set_concurrency(1)
    with pytest.raises(ValueError, match="must be"):
        queue.set_limiter({"limit": 3})  # type: ignore[arg-type]
    assert (queue.concurrency, queue.worker_concurrency, queue.limiter) == (3, 2, None)


def test_what_happens_to_a_queue_that_is_known_is_a_choice() -> None:
    DBOS.register_queue("chosen", concurrency=1)
    kept = DBOS.register_queue("chosen", concurrency=2, on_conflict="never_update")
    assert kept.concurrency == 1
    DBOS.set_latest_application_version("another-version")
    older = DBOS.register_queue("chosen", concurrency=3)
    assert older.concurrency == 1
    changed = DBOS.register_queue("chosen", concurrency=4, on_conflict="always_update")
    assert changed.concurrency == 4


def test_a_declared_queue_is_not_changed_at_run_time() -> None:
    queue = Queue("declared", concurrency=2)
    with pytest.raises(DBOSException, match="declared in the code"):
        queue.set_concurrency(3)
    assert queue.concurrency == 2


def test_a_deleted_queue_says_so_and_takes_no_more_work() -> None:
    queue = DBOS.register_queue("gone")

    @DBOS.workflow()
    def workflow() -> None: ...

    queue.enqueue(workflow).get_result()
    DBOS.delete_queue("gone")
    with pytest.raises(DBOSException, match="not registered"):
        _ = queue.concurrency
    with pytest.raises(DBOSException, match="not registered"):
        queue.set_concurrency(3)
    waiting = DBOS.enqueue_workflow("gone", workflow)
    served = DBOS.register_queue("served")
    served.enqueue(workflow).get_result()
    assert waiting.get_status().status == "ENQUEUED"
    DBOS.register_queue("gone")
    assert waiting.get_result() is None


def test_settings_have_async_twins() -> None:
    async def change() -> tuple[int | None, int | None, float, bool]:
        queue = await DBOS.register_queue_async("async", concurrency=1)
        await queue.set_concurrency_async(4)
        await queue.set_worker_concurrency_async(2)
        await queue.set_polling_interval_sec_async(0.25)
        return (
            await queue.get_concurrency_async(),
            await queue.get_worker_concurrency_async(),
            await queue.get_polling_interval_sec_async(),
            await queue.get_partition_queue_async(),
        )

    assert asyncio.run(change()) == (4, 2, 0.25, False)


def test_a_client_registers_changes_and_deletes_queues(database_url: str) -> None:
    @DBOS.workflow()
    def workflow(number: int) -> int:
        return number + 1

    with DBOSClient(system_database_url=database_url) as client:
        queue = client.register_queue("from-outside", concurrency=1)
        queue.set_worker_concurrency(1)
        found = client.retrieve_queue("from-outside")
        assert found is not None
        assert (found.concurrency, found.worker_concurrency) == (1, 1)
        assert [one.name for one in client.list_queues()] == ["from-outside"]
        assert DBOS.enqueue_workflow("from-outside", workflow, 1).get_result() == 2
        client.delete_queue("from-outside")
        assert client.retrieve_queue("from-outside") is None


def test_a_client_has_async_twins_for_queues(database_url: str) -> None:
    async def use(client: DBOSClient) -> list[int | None]:
        await client.check_connection_async()
        queue = await client.register_queue_async("twin", concurrency=2)
        await queue.set_concurrency_async(3)
        found = await client.retrieve_queue_async("twin")
        assert found is not None
        listed = await client.list_queues_async()
        await client.delete_queue_async("twin")
        return [
            queue.limits.concurrency,
            found.limits.concurrency,
            len(listed),
        ]

    with DBOSClient(system_database_url=database_url) as client:
        assert asyncio.run(use(client)) == [3, 3, 1]
