"""What each operation costs in statements and commits: exact counts, on every machine alike.

The services of the process run by hand, so nothing is asked beside what a test counts, and nothing
that is asked goes uncounted.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue, SetEnqueueOptions, SetWorkflowID, testing
from dbos.system import commit
from dbos.system.entry import Entry
from support.services_by_hand import ServicesByHand, services_by_hand

WHILE_SECONDS = 1200


@pytest.fixture(autouse=True)
def services(config: DBOSConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServicesByHand]:
    """A launched runtime whose services run when they are told to."""
    with services_by_hand(monkeypatch) as by_hand:
        DBOS(config={**config, "use_listen_notify": False})
        DBOS.launch()
        yield by_hand


def cost(run: Callable[[], Any]) -> tuple[int, int]:
    """Statements and commits of a call."""
    with testing.counting() as counted:
        run()
    return len(counted.statements), len(counted.commits)


def extra(body: Callable[[], Any], empty: Callable[[], Any]) -> tuple[int, int]:
    """What a workflow costs more than an empty one."""
    statements, commits = cost(body)
    least = cost(empty)
    return statements - least[0], commits - least[1]


@DBOS.step()
def plain_step(value: int) -> int:
    return value


def test_an_empty_workflow_costs_two_statements_and_two_commits() -> None:
    @DBOS.workflow()
    def empty() -> None:
        return None

    empty()
    assert cost(empty) == (2, 2)


def test_a_step_costs_one_statement_and_one_commit() -> None:
    @DBOS.workflow()
    def workflow(count: int) -> None:
        for number in range(count):
            plain_step(number)

    workflow(1)
    assert extra(lambda: workflow(7), lambda: workflow(0)) == (7, 7)


def test_a_coroutine_step_costs_the_same() -> None:
    @DBOS.step()
    async def step(value: int) -> int:
        return value

    @DBOS.workflow()
    async def workflow(count: int) -> None:
        for number in range(count):
            await step(number)

    def run(count: int) -> Callable[[], None]:
        return lambda: asyncio.run(workflow(count))

    run(1)()
    assert extra(run(5), run(0)) == (5, 5)


def test_a_hundred_concurrent_steps_share_commits() -> None:
    @DBOS.step()
    async def step(value: int) -> int:
        return value

    @DBOS.workflow()
    async def workflow(count: int) -> None:
        await asyncio.gather(*(step(number) for number in range(count)))

    statements, commits = cost(lambda: asyncio.run(workflow(100)))
    assert statements == 102
    assert commits <= 40


def test_sleep_event_send_and_a_present_message() -> None:
    @DBOS.workflow()
    def empty() -> None:
        return None

    @DBOS.workflow()
    def sleeping() -> None:
        DBOS.sleep(0)

    @DBOS.workflow()
    def receiving() -> None:
        DBOS.send(DBOS.workflow_id or "", "hello")
        assert DBOS.recv(timeout_seconds=5) == "hello"

    @DBOS.workflow()
    def sending() -> None:
        DBOS.send(DBOS.workflow_id or "", "hello")

    empty()
    assert extra(sleeping, empty) == (1, 1)
    assert extra(sending, empty) == (1, 1)
    assert extra(receiving, sending) == (2, 1)


def test_an_event_costs_one_statement_to_set_and_one_to_get_inside_and_outside() -> None:
    @DBOS.workflow()
    def empty() -> None:
        return None

    @DBOS.workflow()
    def publishing(times: int) -> None:
        for number in range(times):
            DBOS.set_event("state", number)

    @DBOS.workflow()
    def asking() -> int:
        found: int = DBOS.get_event("publisher", "state", timeout_seconds=5)
        return found

    with SetWorkflowID("publisher"):
        publishing(3)
    assert asking() == 2
    assert extra(lambda: publishing(5), lambda: publishing(0)) == (5, 5)
    assert extra(asking, empty) == (1, 1)
    assert cost(lambda: DBOS.get_event("publisher", "state")) == (1, 0)


def test_a_child_costs_three_statements() -> None:
    @DBOS.workflow()
    def child() -> int:
        return 1

    @DBOS.workflow()
    def parent(children: int) -> int:
        return sum(child() for _ in range(children))

    assert parent(1) == 1
    assert extra(lambda: parent(4), lambda: parent(0)) == (12, 12)


def test_replay_loads_the_history_in_one_query() -> None:
    @DBOS.workflow()
    def workflow() -> int:
        return sum(plain_step(number) for number in range(50))

    with SetWorkflowID("replayed"):
        workflow()
    system = DBOS.running().runtime.system
    with system.database.open().connection as connection:
        table = system.language.tables.workflow_status
        connection.execute(f"UPDATE {table} SET status = 'PENDING'")
    with testing.counting() as counted:
        (handle,) = testing.recover_pending_workflows()
        assert handle.get_result() == sum(range(50))
    assert sum("operation_outputs" in sql for sql in counted.statements) == 1


LIMITS: dict[str, dict[str, Any]] = {
    "no limit": {},
    "concurrency": {"concurrency": 3},
    "worker_concurrency": {"worker_concurrency": 3},
    "limiter": {"limiter": {"limit": 3, "period": 60}},
    "all": {
        "concurrency": 4,
        "worker_concurrency": 3,
        "limiter": {"limit": 5, "period": 60},
    },
    "partitions": {"partition_concurrency": 3, "partition_worker_concurrency": 3},
    "partition limiter": {"partition_limiter": {"limit": 3, "period": 60}},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("waiting", [0, 2, 3, 8])
def test_a_batch_of_a_queue_costs_two_statements_and_one_commit(
    services: ServicesByHand, limits: dict[str, Any], waiting: int
) -> None:
    """Also one that finds nothing; whatever the limits, and however much is left waiting."""
    queue = Queue("counted", **limits)
    release = threading.Event()

    @DBOS.workflow()
    def workflow() -> None:
        release.wait()

    services.settle()
    key = {"partition_key": "a"} if queue.limits.is_partitioned else {}
    handles = [queue.enqueue(workflow, **key) for _ in range(waiting)]
    assert cost(lambda: services.perform("queue-counted")) == (2, 1)
    started = [handle for handle in handles if handle.get_status().status == "PENDING"]
    assert len(started) == (waiting if not limits else min(waiting, 3))
    release.set()
    for handle in started:
        handle.get_result()


def test_an_enqueued_workflow_costs_four_statements(services: ServicesByHand) -> None:
    queue = Queue("counted")

    @DBOS.workflow()
    def workflow() -> int:
        return 1

    def run() -> None:
        handle = queue.enqueue(workflow)
        services.perform("queue-counted")
        while DBOS.running().runtime.executions:
            DBOS.running().drain(60)
        handles.append(handle)

    handles: list[Any] = []
    services.settle()
    run()
    # insert, look at the queue (2), finish
    assert cost(run) == (4, 3)
    assert [handle.get_result() for handle in handles] == [1, 1]


def test_the_end_of_one_started_workflow_shares_the_commit_of_the_next_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As long as nobody waits for it; then it is written at once."""
    ends: SimpleQueue[None] = SimpleQueue()
    arm = Entry.arm

    def armed(entry: Entry) -> None:
        arm(entry)
        ends.put(None)

    monkeypatch.setattr(commit, "COMPANY_SECONDS", 3600.0)
    monkeypatch.setattr(Entry, "arm", armed)

    @DBOS.workflow()
    def workflow() -> int:
        return 1

    def start(times: int) -> None:
        for _ in range(times):
            handles.append(DBOS.start_workflow(workflow))
            ends.get()

    handles: list[Any] = []
    # an insert for each, the ends of all but the last, which is still to come
    assert cost(lambda: start(5)) == (9, 5)
    assert [handle.get_result() for handle in handles] == [1] * 5


def test_a_long_queue_costs_two_statements_for_each_hundred(services: ServicesByHand) -> None:
    queue = Queue("counted")
    release = threading.Event()

    @DBOS.workflow()
    async def workflow() -> None:
        await asyncio.to_thread(release.wait)

    services.settle()
    handles = [queue.enqueue(workflow) for _ in range(250)]
    assert cost(lambda: services.perform("queue-counted")) == (6, 3)
    release.set()
    assert [handle.get_result() for handle in handles] == [None] * 250


def test_a_delay_is_asked_for_when_it_was_written_and_when_it_ends(
    services: ServicesByHand,
) -> None:
    queue = Queue("counted")

    @DBOS.workflow()
    def workflow() -> int:
        return 1

    services.settle()
    look = (2, 1)
    assert cost(lambda: services.perform("queue-counted")) == look
    with SetEnqueueOptions(delay_seconds=100):
        handle = queue.enqueue(workflow)
    assert cost(lambda: services.perform("queue-counted")) == (4, 2)
    assert cost(lambda: services.perform("queue-counted")) == look
    with testing.skipping_time() as clock:
        clock.skip(99)
        # Time was skipped, so all that waits looks once.
        assert cost(lambda: services.perform("queue-counted")) == (4, 2)
        assert handle.get_status().status == "DELAYED"
        clock.skip(2)
        services.perform("queue-counted")
        assert handle.get_result() == 1


def test_an_idle_process_asks_at_most_once_a_second_and_nothing_for_a_queue(
    services: ServicesByHand,
) -> None:
    """Without notifications, which is the worst case."""
    services.settle()
    bare = len(services.let_pass(WHILE_SECONDS).statements)
    assert bare <= WHILE_SECONDS
    queues = [Queue(f"idle-{number}", worker_concurrency=2) for number in range(20)]
    services.settle()
    assert len(queues) == 20
    # Each looks for itself every ten minutes, whatever was missed.
    assert len(services.let_pass(WHILE_SECONDS).statements) - bare <= 20 * 2 * 2


def test_an_idle_process_commits_nothing_but_its_heartbeat(services: ServicesByHand) -> None:
    services.settle()
    writes = [write for one in services.let_pass(WHILE_SECONDS).commits for write in one]
    beats = [write for write in writes if write == "send a heartbeat"]
    looks = [write for write in writes if write.startswith("dequeue from")]
    assert len(beats) == WHILE_SECONDS / 4
    assert len(beats) + len(looks) == len(writes)
    # one at the beginning, and one every ten minutes
    assert len(looks) == 3
