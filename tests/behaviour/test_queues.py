"""Queues: limits that hold, an order that is kept, and work that is taken exactly once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID
from dbos.error import DBOSException, DBOSQueueDeduplicatedError
from support.behaviour import SystemTables, eventually

pytestmark = pytest.mark.usefixtures("launched")

# Where a runtime polls, it polls this often in these tests.
POLL_SECONDS = 0.05


class Crowd:
    """Counts how many workflows run at the same time, and holds them until told."""

    def __init__(self) -> None:
        self.most = 0
        self.now = 0
        self.started: list[Any] = []
        self.gate = threading.Event()
        self._lock = threading.Lock()

    def enter(self, name: Any) -> None:
        """One more runs; returns when the gate is open."""
        with self._lock:
            self.started.append(name)
            self.now += 1
            self.most = max(self.most, self.now)
        self.gate.wait(30)
        with self._lock:
            self.now -= 1


@pytest.fixture
def crowd() -> Crowd:
    """Who runs now."""
    return Crowd()


def crowded(crowd: Crowd) -> Callable[[int], int]:
    """A workflow that stands in the crowd."""

    @DBOS.workflow()
    def workflow(number: int) -> int:
        crowd.enter(number)
        return number

    return workflow


@pytest.mark.parametrize("limits", [{"concurrency": 2}, {"worker_concurrency": 2}])
def test_no_more_run_at_once_than_allowed(limits: dict[str, Any], crowd: Crowd) -> None:
    queue = Queue("limited", polling_interval_sec=POLL_SECONDS, **limits)
    workflow = crowded(crowd)
    handles = [queue.enqueue(workflow, number) for number in range(6)]
    eventually(lambda: crowd.now == 2, "two run")
    statuses = [handle.get_status().status for handle in handles]
    assert statuses.count("PENDING") == 2
    assert statuses.count("ENQUEUED") == 4
    crowd.gate.set()
    assert [handle.get_result() for handle in handles] == list(range(6))
    assert crowd.most <= 2


def test_without_a_limit_all_run_at_once(crowd: Crowd) -> None:
    queue = Queue("unlimited", polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    handles = [queue.enqueue(workflow, number) for number in range(12)]
    eventually(lambda: crowd.now == 12, "all run")
    crowd.gate.set()
    assert [handle.get_result() for handle in handles] == list(range(12))


def test_one_at_a_time_keeps_the_order() -> None:
    queue = Queue("line", concurrency=1, polling_interval_sec=POLL_SECONDS)
    ran: list[int] = []

    @DBOS.workflow()
    def workflow(number: int) -> int:
        ran.append(number)
        return number

    handles = [queue.enqueue(workflow, number) for number in range(8)]
    assert [handle.get_result() for handle in handles] == list(range(8))
    assert ran == list(range(8))


def test_enqueued_work_is_described_by_its_status(crowd: Crowd) -> None:
    queue = Queue("described", concurrency=1, polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    first = queue.enqueue(workflow, 1)
    eventually(lambda: crowd.now == 1, "the first runs")
    with SetWorkflowID("second"):
        second = queue.enqueue(workflow, 2)
    assert second.workflow_id == "second"
    status = second.get_status()
    assert (status.status, status.queue_name) == ("ENQUEUED", "described")
    assert status.dequeued_at is None
    crowd.gate.set()
    assert (first.get_result(), second.get_result()) == (1, 2)
    assert second.get_status().dequeued_at is not None


def test_an_id_is_enqueued_once() -> None:
    queue = Queue("idempotent", polling_interval_sec=POLL_SECONDS)
    ran: list[int] = []

    @DBOS.workflow()
    def workflow(number: int) -> int:
        ran.append(number)
        return number

    for number in range(3):
        with SetWorkflowID("same"):
            handle = queue.enqueue(workflow, number)
        assert handle.get_result() == 0
    assert ran == [0]


def test_a_failure_on_a_queue_is_raised_and_frees_its_slot() -> None:
    queue = Queue("failing", concurrency=1, polling_interval_sec=POLL_SECONDS)

    @DBOS.workflow()
    def workflow(number: int) -> int:
        if number == 0:
            raise ValueError("the first fails")
        return number

    first, second = (queue.enqueue(workflow, number) for number in range(2))
    with pytest.raises(ValueError, match="the first fails"):
        first.get_result()
    assert second.get_result() == 1


def test_a_limiter_holds_in_every_window() -> None:
    queue = Queue("rated", limiter={"limit": 3, "period": 0.8}, polling_interval_sec=POLL_SECONDS)
    started: list[float] = []

    @DBOS.workflow()
    def workflow() -> None:
        started.append(time.monotonic())

    handles = [queue.enqueue(workflow) for _ in range(8)]
    for handle in handles:
        handle.get_result()
    started.sort()
    # A start is rated when it is claimed, a little before the body runs.
    for earlier, later in zip(started, started[3:], strict=False):
        assert later - earlier > 0.5


def test_higher_priority_goes_first(crowd: Crowd) -> None:
    queue = Queue("ranked", concurrency=1, priority_enabled=True, polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    handles = [queue.enqueue(workflow, 0)]
    eventually(lambda: crowd.now == 1, "the first runs")
    for priority in (5, 3, 1, 3):
        with SetEnqueueOptions(priority=priority):
            handles.append(queue.enqueue(workflow, priority))
    handles.append(queue.enqueue(workflow, -1))
    assert handles[1].get_status().priority == 5
    crowd.gate.set()
    for handle in handles:
        handle.get_result()
    # Without a priority: before all that have one. Equal priorities: in order.
    assert crowd.started == [0, -1, 1, 3, 3, 5]


@pytest.mark.parametrize("priority", [0, -1, 2**31])
def test_a_priority_out_of_range_is_refused(priority: int) -> None:
    with (
        pytest.raises(Exception, match=r"(?i)priority"),
        SetEnqueueOptions(priority=priority),
    ):
        pass


def test_a_deduplication_id_is_held_until_the_end(crowd: Crowd) -> None:
    queue = Queue("unique", polling_interval_sec=POLL_SECONDS)
    other = Queue("unique too", polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    with SetEnqueueOptions(deduplication_id="d"):
        holder = queue.enqueue(workflow, 1)
        with pytest.raises(DBOSQueueDeduplicatedError, match="unique"):
            queue.enqueue(workflow, 2)
        elsewhere = other.enqueue(workflow, 3)
    with SetEnqueueOptions(deduplication_id="e"):
        different = queue.enqueue(workflow, 4)
    undeduplicated = queue.enqueue(workflow, 5)
    crowd.gate.set()
    results = [each.get_result() for each in (holder, elsewhere, different, undeduplicated)]
    assert results == [1, 3, 4, 5]
    with SetEnqueueOptions(deduplication_id="d"):
        assert queue.enqueue(workflow, 6).get_result() == 6


def test_the_holder_of_a_deduplication_id_may_be_enqueued_again(crowd: Crowd) -> None:
    queue = Queue("again", polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    with SetEnqueueOptions(deduplication_id="d"):
        with SetWorkflowID("holder"):
            first = queue.enqueue(workflow, 1)
        with SetWorkflowID("holder"):
            second = queue.enqueue(workflow, 1)
    crowd.gate.set()
    assert (first.get_result(), second.get_result()) == (1, 1)
    assert crowd.started == [1]


def test_cancelling_frees_a_deduplication_id(crowd: Crowd) -> None:
    queue = Queue("freed", concurrency=1, polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    first = queue.enqueue(workflow, 1)
    eventually(lambda: crowd.now == 1, "the first runs")
    with SetEnqueueOptions(deduplication_id="d"):
        second = queue.enqueue(workflow, 2)
    DBOS.cancel_workflow(second.workflow_id)
    with SetEnqueueOptions(deduplication_id="d"):
        third = queue.enqueue(workflow, 3)
    crowd.gate.set()
    assert (first.get_result(), third.get_result()) == (1, 3)


def test_a_deduplicated_enqueue_in_a_workflow_is_replayed(
    crowd: Crowd, tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    queue = Queue("inside", polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)

    @DBOS.workflow()
    def parent() -> str:
        with SetEnqueueOptions(deduplication_id="d"):
            try:
                queue.enqueue(workflow, 2)
            except DBOSQueueDeduplicatedError:
                return "refused"
        return "accepted"

    with SetEnqueueOptions(deduplication_id="d"):
        holder = queue.enqueue(workflow, 1)
    with SetWorkflowID("parent"):
        assert parent() == "refused"
    crowd.gate.set()
    holder.get_result()
    tables.force_status("parent", "PENDING")
    for handle in recover():
        if handle.workflow_id == "parent":
            assert handle.get_result() == "refused"
    assert DBOS.get_result("parent") == "refused"


@pytest.mark.parametrize("spelling", ["option", "argument"])
def test_partitions_run_beside_each_other_each_in_order(spelling: str, crowd: Crowd) -> None:
    queue = Queue(
        "partitioned", partition_queue=True, concurrency=1, polling_interval_sec=POLL_SECONDS
    )
    enqueue: Any = queue.enqueue

    @DBOS.workflow()
    def workflow(key: str, number: int) -> str:
        crowd.enter((key, number))
        return f"{key}{number}"

    def add(key: str, number: int) -> Any:
        if spelling == "argument":
            return enqueue(workflow, key, number, partition_key=key)
        with SetEnqueueOptions(queue_partition_key=key):
            return queue.enqueue(workflow, key, number)

    handles = [add(key, number) for number in range(3) for key in "ab"]
    eventually(lambda: crowd.now == 2, "one of each partition runs")
    assert sorted(crowd.started) == [("a", 0), ("b", 0)]
    assert handles[0].get_status().queue_partition_key == "a"
    crowd.gate.set()
    assert [handle.get_result() for handle in handles] == ["a0", "b0", "a1", "b1", "a2", "b2"]
    for key in "ab":
        assert [each for each in crowd.started if each[0] == key] == [(key, n) for n in range(3)]


def test_a_delayed_workflow_waits_its_time() -> None:
    queue = Queue("delayed", polling_interval_sec=POLL_SECONDS)

    @DBOS.workflow()
    def workflow() -> float:
        return time.time()

    enqueued_at = time.time()
    with SetEnqueueOptions(delay_seconds=0.4):
        handle = queue.enqueue(workflow)
    status = handle.get_status()
    assert status.status == "DELAYED"
    assert status.delay_until_epoch_ms is not None
    assert abs(status.delay_until_epoch_ms - (enqueued_at + 0.4) * 1000) < 3000
    assert handle.get_result() >= enqueued_at + 0.35


def test_a_delay_can_be_changed() -> None:
    queue = Queue("postponed", polling_interval_sec=POLL_SECONDS)

    @DBOS.workflow()
    def workflow() -> str:
        return "ran"

    with SetEnqueueOptions(delay_seconds=600):
        handle = queue.enqueue(workflow)
    DBOS.set_workflow_delay(handle.workflow_id, delay_seconds=0.01)
    assert handle.get_result() == "ran"


def test_a_delayed_workflow_can_be_cancelled() -> None:
    queue = Queue("never", polling_interval_sec=POLL_SECONDS)

    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetEnqueueOptions(delay_seconds=600):
        handle = queue.enqueue(workflow)
    DBOS.cancel_workflow(handle.workflow_id)
    assert handle.get_status().status == "CANCELLED"


def test_a_workflow_waits_for_its_queued_children() -> None:
    queue = Queue("children", polling_interval_sec=POLL_SECONDS)

    @DBOS.workflow()
    def child(number: int) -> int:
        return number * number

    @DBOS.workflow()
    def parent() -> int:
        handles = [queue.enqueue(child, number) for number in range(4)]
        return sum(handle.get_result() for handle in handles)

    with SetWorkflowID("parent"):
        assert parent() == 14
    children = DBOS.list_workflows(parent_workflow_id="parent")
    assert sorted(each.workflow_id for each in children) == [f"parent-{n}" for n in range(1, 5)]


def test_a_step_can_be_enqueued() -> None:
    queue = Queue("steps", polling_interval_sec=POLL_SECONDS)

    @DBOS.step()
    def step(value: int) -> int:
        return value + 1

    assert queue.enqueue(step, 1).get_result() == 2


def test_a_queue_is_declared_once() -> None:
    Queue("declared")
    with pytest.raises(Exception, match="declared"):
        Queue("declared")


@pytest.mark.parametrize(
    "options",
    [
        {"concurrency": 1, "worker_concurrency": 5},
        {"polling_interval_sec": 0},
        {"polling_interval_sec": -1.0},
    ],
)
def test_impossible_limits_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"concurrency|polling_interval_sec"):
        Queue("impossible", **options)


def test_the_queue_is_listed_with_what_waits_in_it(crowd: Crowd) -> None:
    queue = Queue("listed", concurrency=1, polling_interval_sec=POLL_SECONDS)
    workflow = crowded(crowd)
    handles = [queue.enqueue(workflow, number) for number in range(3)]
    eventually(lambda: crowd.now == 1, "the first runs")
    queued = DBOS.list_queued_workflows(queue_name="listed")
    assert {each.workflow_id for each in queued} == {handle.workflow_id for handle in handles}
    waiting = DBOS.list_queued_workflows(queue_name="listed", status="ENQUEUED")
    assert len(waiting) == 2
    assert DBOS.list_queued_workflows(queue_name="another") == []
    crowd.gate.set()
    for handle in handles:
        handle.get_result()
    assert DBOS.list_queued_workflows() == []


def test_the_innermost_options_count_alone(crowd: Crowd) -> None:
    queue = Queue("nested")
    # One that has ended holds its deduplication id no more.
    workflow = crowded(crowd)
    with SetEnqueueOptions(deduplication_id="outer", priority=3):
        with SetEnqueueOptions(priority=5):
            inner = queue.enqueue(workflow, 1).get_status()
        outer = queue.enqueue(workflow, 2).get_status()
    crowd.gate.set()
    assert (inner.priority, inner.deduplication_id) == (5, None)
    assert (outer.priority, outer.deduplication_id) == (3, "outer")


@pytest.mark.parametrize(
    "options",
    [
        {"priority": 1},
        {"deduplication_id": "id"},
        {"duplication_policy": "return-existing"},
        {"queue_partition_key": "key"},
        {"delay_seconds": 1},
    ],
    ids=lambda options: next(iter(options)),
)
def test_what_only_a_queue_can_do_is_refused_at_a_start(options: dict[str, Any]) -> None:
    @DBOS.workflow()
    def workflow() -> int:
        return 1

    with SetEnqueueOptions(**options):
        with pytest.raises(DBOSException, match=next(iter(options))):
            DBOS.start_workflow(workflow)
        assert DBOS.list_workflows() == []
        assert workflow() == 1
    with SetEnqueueOptions(app_version="other"):
        assert DBOS.start_workflow(workflow).get_status().app_version == "other"
