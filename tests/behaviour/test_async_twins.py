"""The awaitable twin of everything a workflow may do: waits, queues, children, management."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID, SetWorkflowTimeout
from dbos.error import (
    DBOSAwaitedWorkflowCancelledError,
    DBOSNonExistentWorkflowError,
)
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


def test_sleep_is_durable() -> None:
    @DBOS.workflow()
    async def workflow() -> str:
        await DBOS.sleep_async(0.02)
        return "awake"

    async def main() -> str:
        with SetWorkflowID("sleeper"):
            return await workflow()

    assert asyncio.run(main()) == "awake"
    names = [each["function_name"] for each in DBOS.list_workflow_steps("sleeper")]
    assert names == ["DBOS.sleep"]


def test_many_sleepers_hold_no_threads() -> None:
    @DBOS.workflow()
    async def workflow(number: int) -> int:
        await DBOS.sleep_async(0.3)
        return number

    async def main() -> list[int]:
        return list(await asyncio.gather(*[workflow(number) for number in range(20)]))

    assert asyncio.run(main()) == list(range(20))


def test_messages_between_coroutines() -> None:
    @DBOS.workflow()
    async def receiver() -> list[Any]:
        return [await DBOS.recv_async("t", timeout_seconds=10) for _ in range(2)]

    @DBOS.workflow()
    async def sender(destination: str) -> None:
        for number in range(2):
            await DBOS.send_async(destination, number, "t")

    async def main() -> list[Any]:
        handle = await DBOS.start_workflow_async(receiver)
        await sender(handle.workflow_id)
        return await handle.get_result()

    assert asyncio.run(main()) == [0, 1]


def test_receiving_in_a_coroutine_times_out() -> None:
    @DBOS.workflow()
    async def workflow() -> Any:
        return await DBOS.recv_async("never", timeout_seconds=0.02)

    async def main() -> Any:
        return await workflow()

    assert asyncio.run(main()) is None


def test_events_between_coroutines() -> None:
    @DBOS.workflow()
    async def publisher() -> str | None:
        await DBOS.set_event_async("key", {"value": 1})
        return DBOS.workflow_id

    @DBOS.workflow()
    async def reader(workflow_id: str) -> Any:
        return await DBOS.get_event_async(workflow_id, "key", timeout_seconds=10)

    async def main() -> list[Any]:
        with SetWorkflowID("publisher"):
            handle = await DBOS.start_workflow_async(publisher)
        first = await reader("publisher")
        await handle.get_result()
        late = await DBOS.get_event_async("publisher", "missing", timeout_seconds=0.01)
        return [first, late, await DBOS.get_all_events_async("publisher")]

    assert asyncio.run(main()) == [{"value": 1}, None, {"key": {"value": 1}}]


def test_queues_take_coroutines() -> None:
    queue = Queue("coroutines", concurrency=2, polling_interval_sec=0.05)

    @DBOS.workflow()
    async def workflow(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def main() -> list[int]:
        handles = [await queue.enqueue_async(workflow, number) for number in range(4)]
        return [await handle.get_result() for handle in handles]

    assert asyncio.run(main()) == [0, 1, 2, 3]


def test_children_of_coroutines_have_deterministic_ids() -> None:
    @DBOS.workflow()
    async def child() -> str | None:
        return DBOS.workflow_id

    @DBOS.workflow()
    async def parent() -> list[str | None]:
        direct = await child()
        handle = await DBOS.start_workflow_async(child)
        return [direct, await handle.get_result()]

    async def main() -> list[str | None]:
        with SetWorkflowID("parent"):
            return await parent()

    first, second = asyncio.run(main())
    assert first == "parent-1"
    assert second is not None
    assert second.startswith("parent-")
    assert second != first


def test_a_recovered_coroutine_goes_on_from_its_last_step(
    tables: SystemTables, recover: Recover
) -> None:
    ran: list[int] = []

    @DBOS.step()
    async def step(number: int) -> int:
        ran.append(number)
        return number

    @DBOS.workflow()
    async def workflow() -> list[int]:
        return [await step(number) for number in range(3)]

    async def main() -> list[int]:
        with SetWorkflowID("recovered"):
            return await workflow()

    asyncio.run(main())
    tables.force_status("recovered", "PENDING")
    tables.forget_steps("recovered", after=2)
    assert [handle.get_result() for handle in recover()] == [[0, 1, 2]]
    assert ran == [0, 1, 2, 2]


def test_a_cancelled_coroutine_stops() -> None:
    @DBOS.workflow()
    async def workflow() -> None:
        await DBOS.set_event_async("started", True)
        while True:
            await DBOS.sleep_async(0.02)

    async def main() -> str:
        handle = await DBOS.start_workflow_async(workflow)
        assert await DBOS.get_event_async(handle.workflow_id, "started")
        await DBOS.cancel_workflow_async(handle.workflow_id)
        with pytest.raises(DBOSAwaitedWorkflowCancelledError):
            await handle.get_result()
        return (await handle.get_status()).status

    assert asyncio.run(main()) == "CANCELLED"


def test_a_coroutine_past_its_deadline_stops() -> None:
    @DBOS.workflow()
    async def workflow() -> None:
        while True:
            await DBOS.sleep_async(0.02)

    async def main() -> None:
        with SetWorkflowTimeout(0.1):
            handle = await DBOS.start_workflow_async(workflow)
        with pytest.raises(DBOSAwaitedWorkflowCancelledError):
            await handle.get_result()

    asyncio.run(main())


def test_management_has_awaitable_twins() -> None:
    @DBOS.workflow()
    async def workflow(value: int) -> int:
        return value

    async def main() -> None:
        with SetWorkflowID("managed"):
            await workflow(7)
        status = await DBOS.get_workflow_status_async("managed")
        assert status is not None
        assert status.status == "SUCCESS"
        found: Any = await DBOS.retrieve_workflow_async("managed")
        assert await found.get_result() == 7
        assert await DBOS.get_result_async("managed") == 7
        assert [each.workflow_id for each in await DBOS.list_workflows_async()] == ["managed"]
        assert await DBOS.list_workflow_steps_async("managed") == []
        assert await DBOS.list_queued_workflows_async() == []
        resumed: Any = await DBOS.resume_workflow_async("managed")
        assert await resumed.get_result() == 7
        forked: Any = await DBOS.fork_workflow_async("managed", 1)
        assert await forked.get_result() == 7
        await DBOS.delete_workflow_async(forked.workflow_id)
        assert await DBOS.get_workflow_status_async(forked.workflow_id) is None
        with pytest.raises(DBOSNonExistentWorkflowError):
            await DBOS.retrieve_workflow_async("nobody")

    asyncio.run(main())
