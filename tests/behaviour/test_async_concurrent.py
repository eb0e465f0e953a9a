"""Several coroutines at once in one workflow: waiting for the first, gathering, contexts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


def test_the_first_of_several_coroutines() -> None:
    @DBOS.workflow()
    async def quick() -> str:
        return "quick"

    @DBOS.workflow()
    async def slow() -> str:
        await DBOS.recv_async("go", timeout_seconds=20)
        return "slow"

    async def main() -> list[str]:
        handles = [await DBOS.start_workflow_async(slow), await DBOS.start_workflow_async(quick)]
        first = await DBOS.wait_first_async(handles, polling_interval_sec=0.01)
        await DBOS.send_async(handles[0].workflow_id, "now", "go")
        return [await first.get_result(), await handles[0].get_result()]

    assert asyncio.run(main()) == ["quick", "slow"]


def test_gathered_children_have_numbers_in_the_order_created() -> None:
    ended = [asyncio.Event() for _ in range(4)]
    ended[3].set()

    @DBOS.workflow()
    async def child(number: int) -> tuple[int, str | None]:
        await ended[number + 1].wait()  # the last one begun ends first
        ended[number].set()
        return number, DBOS.workflow_id

    @DBOS.workflow()
    async def parent() -> list[tuple[int, str | None]]:
        return list(await asyncio.gather(*[child(number) for number in range(3)]))

    async def main() -> list[tuple[int, str | None]]:
        with SetWorkflowID("p"):
            return await parent()

    results = asyncio.run(main())
    assert [number for number, _ in results] == [0, 1, 2]
    positions = [int((workflow_id or "").removeprefix("p-")) for _, workflow_id in results]
    assert positions == sorted(positions)


def test_contexts_of_concurrent_workflows_do_not_mix() -> None:
    inside = asyncio.Barrier(5)

    @DBOS.step()
    async def step() -> str | None:
        await inside.wait()
        return DBOS.workflow_id

    @DBOS.workflow()
    async def workflow() -> tuple[str | None, str | None]:
        return (await step(), DBOS.workflow_id)

    async def one(name: str) -> tuple[str | None, str | None]:
        with SetWorkflowID(name):
            return await workflow()

    async def main() -> list[tuple[str | None, str | None]]:
        return list(await asyncio.gather(*[one(f"w{number}") for number in range(5)]))

    assert asyncio.run(main()) == [(f"w{number}", f"w{number}") for number in range(5)]


def test_a_recorded_wait_tells_who_was_first() -> None:
    api: Any = DBOS
    gate = asyncio.Event()

    @DBOS.step()
    async def quick() -> str:
        return "quick"

    @DBOS.step()
    async def slow() -> str:
        await gate.wait()
        return "slow"

    @DBOS.workflow()
    async def workflow() -> list[str]:
        tasks = [asyncio.create_task(slow()), asyncio.create_task(quick())]
        done, waiting = await api.asyncio_wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        first = [task.result() for task in done]
        gate.set()
        return first + [await task for task in waiting]

    async def main() -> list[str]:
        with SetWorkflowID("w"):
            return await workflow()

    assert asyncio.run(main()) == ["quick", "slow"]
    names = [each["function_name"] for each in DBOS.list_workflow_steps("w")]
    assert "DBOS.asyncio_wait" in names


def test_a_replayed_wait_gives_the_recorded_answer(tables: SystemTables, recover: Recover) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    firsts: list[list[int]] = []

    @DBOS.step()
    async def numbered(number: int) -> int:
        await gates[number].wait()
        return number

    @DBOS.workflow()
    async def workflow() -> None:
        tasks = [asyncio.create_task(numbered(number)) for number in (0, 1)]
        done, waiting = await DBOS.asyncio_wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        firsts.append([task.result() for task in done])
        gates[0].set()
        await asyncio.gather(*waiting)

    async def main() -> None:
        gates[1].set()
        with SetWorkflowID("w"):
            await workflow()

    asyncio.run(main())
    tables.force_status("w", "PENDING")
    (handle,) = recover()
    handle.get_result()
    assert firsts == [[1], [1]]


def test_waiting_for_what_is_no_task_is_refused() -> None:
    async def main() -> None:
        for given in ([], [1]):
            with pytest.raises(DBOSException, match="task"):
                await DBOS.asyncio_wait(given)  # type: ignore[arg-type]
        task = asyncio.create_task(asyncio.sleep(0))
        done, waiting = await DBOS.asyncio_wait([task])
        assert (done, waiting) == ({task}, set())

    asyncio.run(main())


def test_queues_are_given_by_name_from_coroutines() -> None:
    Queue("named")

    @DBOS.workflow(name="double")
    async def workflow(number: int) -> int:
        return number * 2

    async def main() -> list[int]:
        one = await DBOS.enqueue_workflow_async("named", workflow, 1)
        two: Any = await DBOS.enqueue_workflow_with_options_async(
            {"workflow_name": "double", "queue_name": "named"}, 2
        )
        return [await one.get_result(), await two.get_result()]

    assert asyncio.run(main()) == [2, 4]
