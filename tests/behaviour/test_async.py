"""Coroutine workflows and steps: awaited, started, retried, gathered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID, WorkflowHandleAsync
from dbos.error import (
    DBOSMaxStepRetriesExceeded,
)
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


class Flaky(Exception):
    """A transient error of the program under test."""


def test_steps_gathered_keep_their_numbers_over_recovery(
    tables: SystemTables, recover: Recover
) -> None:
    ran: list[int] = []
    due = [asyncio.Event() for _ in range(5)]
    due[4].set()

    @DBOS.step()
    async def step(number: int) -> int:
        # Later ones finish earlier, where all of them run.
        if len(due) == 5:
            await due[number].wait()
        ran.append(number)
        if len(due) == 5 and number > 0:
            due[number - 1].set()
        return number * 10

    @DBOS.workflow()
    async def workflow() -> list[int]:
        return list(await asyncio.gather(*[step(number) for number in range(5)]))

    async def main() -> list[int]:
        with SetWorkflowID("gathered"):
            return await workflow()

    assert asyncio.run(main()) == [0, 10, 20, 30, 40]
    assert ran == [4, 3, 2, 1, 0]
    due.clear()
    steps = DBOS.list_workflow_steps("gathered")
    assert [(each["function_id"], each["output"]) for each in steps] == [
        (number + 1, number * 10) for number in range(5)
    ]
    tables.force_status("gathered", "PENDING")
    tables.execute(f"DELETE FROM {tables.table('operation_outputs')} WHERE function_id IN (2, 4)")
    ran.clear()
    assert [handle.get_result() for handle in recover()] == [[0, 10, 20, 30, 40]]
    assert sorted(ran) == [1, 3]


def test_steps_of_a_task_group_keep_their_numbers() -> None:
    due = [asyncio.Event() for _ in range(3)]
    due[2].set()

    @DBOS.step()
    async def step(number: int) -> int:
        await due[number].wait()
        if number > 0:
            due[number - 1].set()
        return number

    @DBOS.workflow()
    async def workflow() -> list[int]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(step(number)) for number in range(3)]
        return [task.result() for task in tasks]

    async def main() -> list[int]:
        with SetWorkflowID("grouped"):
            return await workflow()

    assert asyncio.run(main()) == [0, 1, 2]
    steps = DBOS.list_workflow_steps("grouped")
    assert [each["output"] for each in steps] == [0, 1, 2]


def test_a_coroutine_workflow_is_awaited() -> None:
    @DBOS.step()
    async def step(value: int) -> int:
        await asyncio.sleep(0)
        return value + 1

    @DBOS.workflow()
    async def workflow(value: int) -> int:
        return await step(await step(value))

    async def main() -> int:
        with SetWorkflowID("awaited"):
            return await workflow(1)

    assert asyncio.run(main()) == 3
    assert [each["output"] for each in DBOS.list_workflow_steps("awaited")] == [2, 3]


def test_the_same_id_executes_once() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    async def workflow() -> str:
        ran.append("ran")
        return "done"

    async def main() -> list[str]:
        results = []
        for _ in range(3):
            with SetWorkflowID("once"):
                results.append(await workflow())
        return results

    assert asyncio.run(main()) == ["done"] * 3
    assert ran == ["ran"]


def test_a_failure_is_raised_as_its_class() -> None:
    @DBOS.workflow()
    async def workflow() -> None:
        raise Flaky("in a coroutine")

    async def main() -> None:
        for _ in range(2):
            with SetWorkflowID("fails"), pytest.raises(Flaky, match="in a coroutine"):
                await workflow()

    asyncio.run(main())
    status = DBOS.get_workflow_status("fails")
    assert status is not None
    assert status.status == "ERROR"


def test_a_coroutine_workflow_in_the_background() -> None:
    @DBOS.workflow()
    async def workflow(value: int) -> int:
        return value * 2

    async def main() -> tuple[int, str, str]:
        handle: WorkflowHandleAsync[int] = await DBOS.start_workflow_async(workflow, 21)
        result = await handle.get_result()
        return result, (await handle.get_status()).status, handle.get_workflow_id()

    result, status, workflow_id = asyncio.run(main())
    assert (result, status) == (42, "SUCCESS")
    assert DBOS.get_result(workflow_id) == 42


def test_a_coroutine_workflow_started_from_plain_code() -> None:
    @DBOS.workflow()
    async def workflow(value: int) -> int:
        await asyncio.sleep(0)
        return value * 2

    handle: Any = DBOS.start_workflow(workflow, 21)
    assert handle.get_result() == 42


def test_a_plain_workflow_started_from_a_coroutine() -> None:
    @DBOS.workflow()
    def workflow(value: int) -> int:
        return value * 2

    async def main() -> Any:
        start: Any = DBOS.start_workflow_async
        return await (await start(workflow, 21)).get_result()

    assert asyncio.run(main()) == 42


def test_retries_of_a_coroutine_step() -> None:
    ran: list[int] = []

    @DBOS.step(retries_allowed=True, max_attempts=3, interval_seconds=0.001)
    async def step(successes_at: int) -> int:
        ran.append(len(ran))
        if len(ran) < successes_at:
            raise Flaky("again")
        return len(ran)

    @DBOS.workflow()
    async def workflow(successes_at: int) -> int:
        return await step(successes_at)

    async def run(successes_at: int) -> int:
        return await workflow(successes_at)

    assert asyncio.run(run(3)) == 3
    ran.clear()
    with pytest.raises(DBOSMaxStepRetriesExceeded) as raised:
        asyncio.run(run(100))
    assert len(ran) == 3
    assert [str(error) for error in raised.value.errors] == ["again"] * 3


def test_a_plain_step_in_a_coroutine_workflow() -> None:
    @DBOS.step()
    def step(value: int) -> int:
        return value + 1

    @DBOS.workflow()
    async def workflow() -> int:
        return step(1) + await asyncio.to_thread(step, 10)

    async def main() -> int:
        with SetWorkflowID("mixed"):
            return await workflow()

    assert asyncio.run(main()) == 13
    assert [each["output"] for each in DBOS.list_workflow_steps("mixed")] == [2, 11]


def test_coroutine_steps_run_inline() -> None:
    async def add(left: int, right: int) -> int:
        return left + right

    @DBOS.workflow()
    async def workflow() -> int:
        return await DBOS.run_step_async({"name": "adding"}, add, 1, 2)

    async def main() -> int:
        with SetWorkflowID("inline"):
            return await workflow()

    assert asyncio.run(main()) == 3
    assert [each["function_name"] for each in DBOS.list_workflow_steps("inline")] == ["adding"]


def test_a_coroutine_step_outside_a_workflow_is_a_plain_call(tables: SystemTables) -> None:
    @DBOS.step()
    async def step(value: int) -> int:
        return value + 1

    async def main() -> int:
        return await step(1)

    assert asyncio.run(main()) == 2
    assert tables.count("operation_outputs") == 0
