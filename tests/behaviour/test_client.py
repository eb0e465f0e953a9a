"""DBOSClient: a program without workflow code enqueues, talks to and manages workflows."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dbos import DBOS, DBOSClient, EnqueueOptions, Queue, SetWorkflowID
from dbos.error import (
    DBOSAwaitedWorkflowCancelledError,
    DBOSException,
    DBOSNonExistentWorkflowError,
    DBOSQueueDeduplicatedError,
)
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


@pytest.fixture
def client(launched: None, database_url: str) -> Iterator[DBOSClient]:
    """A client of the same database."""
    client = DBOSClient(system_database_url=database_url)
    yield client
    client.destroy()


@pytest.fixture
def queue(launched: None) -> Queue:
    """A queue that the runtime serves."""
    return Queue("orders", polling_interval_sec=0.05)


def options(**more: Any) -> EnqueueOptions:
    """What every enqueue here says."""
    chosen: Any = {"queue_name": "orders", "workflow_name": "order", **more}
    return chosen  # type: ignore[no-any-return]


def test_work_is_enqueued_by_name(client: DBOSClient, queue: Queue) -> None:
    @DBOS.workflow(name="order")
    def workflow(number: int, *, label: str) -> str:
        return f"{label}-{number}"

    handle: Any = client.enqueue(options(workflow_id="from-outside"), 7, label="x")
    assert handle.workflow_id == "from-outside"
    assert handle.get_result() == "x-7"
    assert handle.get_status().queue_name == "orders"


def test_work_for_code_that_comes_later_waits(client: DBOSClient, queue: Queue) -> None:
    handle: Any = client.enqueue(options(queue_name="unserved"), 1)
    assert handle.get_status().status == "ENQUEUED"
    assert handle.get_status().name == "order"


def test_an_option_that_does_not_exist_is_refused_by_its_name(client: DBOSClient) -> None:
    given: Any = {"workflow_name": "work", "queue_name": "work", "deduplicationID": "x"}
    with pytest.raises(DBOSException, match=r"'deduplicationID'.*deduplication_id"):
        client.enqueue(given)
    given = {"workflow_name": "work", "queue_name": "unserved", "otel_context": {}}
    client.enqueue(given)


def test_an_id_is_enqueued_once(client: DBOSClient, queue: Queue) -> None:
    ran: list[int] = []

    @DBOS.workflow(name="order")
    def workflow(number: int) -> int:
        ran.append(number)
        return number

    results = []
    for number in range(3):
        handle: Any = client.enqueue(options(workflow_id="same"), number)
        results.append(handle.get_result())
    assert results == [0, 0, 0]
    assert ran == [0]


def test_a_deduplication_id_is_respected(client: DBOSClient, queue: Queue) -> None:
    gate = threading.Event()

    @DBOS.workflow(name="order")
    def workflow() -> str:
        gate.wait(30)
        return "done"

    handle: Any = client.enqueue(options(deduplication_id="d"))
    with pytest.raises(DBOSQueueDeduplicatedError):
        client.enqueue(options(deduplication_id="d"))
    gate.set()
    assert handle.get_result() == "done"


def test_a_failure_reaches_the_client(client: DBOSClient, queue: Queue) -> None:
    @DBOS.workflow(name="order")
    def workflow() -> None:
        raise ValueError("out of stock")

    handle: Any = client.enqueue(options())
    with pytest.raises(ValueError, match="out of stock"):
        handle.get_result()


def test_a_timeout_is_set_from_outside(client: DBOSClient, queue: Queue) -> None:
    @DBOS.workflow(name="order")
    def workflow() -> None:
        while True:
            DBOS.sleep(0.02)

    handle: Any = client.enqueue(options(workflow_timeout=0.2))
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()


def test_messages_and_events_cross_the_border(client: DBOSClient) -> None:
    @DBOS.workflow()
    def workflow() -> Any:
        DBOS.set_event("ready", {"step": 1})
        return DBOS.recv("topic", timeout_seconds=20)

    with SetWorkflowID("talking"):
        handle = DBOS.start_workflow(workflow)
    assert client.get_event("talking", "ready", timeout_seconds=20) == {"step": 1}
    client.send("talking", ["hello"], "topic")
    assert handle.get_result() == ["hello"]
    assert client.get_event("talking", "missing", timeout_seconds=0) is None
    with pytest.raises(DBOSNonExistentWorkflowError):
        client.send("nobody", 1)


def test_neither_side_waits_for_its_timeout(client: DBOSClient, queue: Queue) -> None:
    @DBOS.workflow(name="order")
    def workflow() -> Any:
        message = DBOS.recv("go", timeout_seconds=20)
        DBOS.set_event("went", message)
        return DBOS.recv("end", timeout_seconds=20)

    started = time.monotonic()
    handle: Any = client.enqueue(options(workflow_id="w"))
    client.send("w", "now", "go")
    assert client.get_event("w", "went", timeout_seconds=20) == "now"
    client.send("w", "over", "end")
    assert handle.get_result() == "over"
    assert time.monotonic() - started < 15


def test_a_message_with_a_key_is_sent_once(client: DBOSClient) -> None:
    @DBOS.workflow()
    def workflow() -> list[Any]:
        received = []
        while (message := DBOS.recv("t", timeout_seconds=20)) != "end":
            received.append(message)
        return received

    handle = DBOS.start_workflow(workflow)
    for _ in range(3):
        client.send(handle.workflow_id, "once", "t", idempotency_key="key")
    client.send(handle.workflow_id, "end", "t")
    assert handle.get_result() == ["once"]


def test_workflows_are_found_listed_and_managed(client: DBOSClient) -> None:
    @DBOS.step()
    def step() -> int:
        return 1

    @DBOS.workflow()
    def workflow(value: int) -> int:
        return step() + value

    with SetWorkflowID("w"):
        workflow(1)
    found: Any = client.retrieve_workflow("w")
    assert found.get_result() == 2
    assert found.get_status().status == "SUCCESS"
    assert [each.workflow_id for each in client.list_workflows(status="SUCCESS")] == ["w"]
    assert [each["output"] for each in client.list_workflow_steps("w")] == [1]
    assert client.list_queued_workflows() == []
    forked: Any = client.fork_workflow("w", 1)
    assert forked.get_result() == 2
    client.delete_workflow(forked.workflow_id)
    assert len(client.list_workflows()) == 1
    with pytest.raises(DBOSNonExistentWorkflowError):
        client.retrieve_workflow("nobody")
    with pytest.raises(DBOSNonExistentWorkflowError):
        client.resume_workflow("nobody")


def test_a_running_workflow_is_cancelled_and_resumed(client: DBOSClient) -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow() -> str:
        DBOS.set_event("running", True)
        gate.wait(30)
        DBOS.sleep(0.01)
        return "finished"

    with SetWorkflowID("w"):
        handle = DBOS.start_workflow(workflow)
    assert client.get_event("w", "running")
    client.cancel_workflow("w")
    gate.set()
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()
    resumed: Any = client.resume_workflow("w")
    assert resumed.get_result() == "finished"


def test_streams_are_read_from_outside(client: DBOSClient) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", 1)
        DBOS.write_stream("key", 2)
        DBOS.close_stream("key")

    with SetWorkflowID("w"):
        workflow()
    assert list(client.read_stream("w", "key")) == [1, 2]


def test_coroutines_use_the_client(client: DBOSClient, queue: Queue) -> None:
    @DBOS.workflow(name="order")
    async def workflow(number: int) -> int:
        await DBOS.set_event_async("number", number)
        return number + 1

    async def main() -> tuple[Any, Any, list[str]]:
        handle: Any = await client.enqueue_async(options(workflow_id="w"), 1)
        result = await handle.get_result()
        event = await client.get_event_async("w", "number")
        return result, event, [each.workflow_id for each in await client.list_workflows_async()]

    assert asyncio.run(main()) == (2, 1, ["w"])


def test_a_client_of_a_database_that_nobody_migrated_says_so(
    client: DBOSClient, tables: SystemTables
) -> None:
    assert tables.count("workflow_status") == 0
    assert client.list_workflows() == []
