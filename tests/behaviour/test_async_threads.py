"""Threads of coroutine workflows: what a task hands to a thread has the task's place."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")
TASKS = 4


class Turns:
    """Lets threads go on in an order that is the test's to choose."""

    def __init__(self, order: list[int]) -> None:
        self.order = order
        self.gates = {number: threading.Event() for number in order}
        self.gates[order[0]].set()

    def wait(self, number: int) -> None:
        """Wait for one's turn."""
        assert self.gates[number].wait(30)

    def passed(self, number: int) -> None:
        """Let the next one go on."""
        place = self.order.index(number) + 1
        if place < len(self.order):
            self.gates[self.order[place]].set()


@pytest.mark.parametrize("kind", ["transaction", "step"])
@pytest.mark.parametrize("background", [False, True])
def test_threads_find_their_records_in_whatever_order_they_run(
    kind: str, background: bool, tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    orders = [[3, 2, 1, 0], [1, 3, 0, 2]]
    turns: list[Turns] = []
    ran: list[int] = []

    @(DBOS.transaction() if kind == "transaction" else DBOS.step())
    def operation(number: int) -> int:
        ran.append(number)
        return number * 10

    def in_turn(number: int, mine: Turns) -> int:
        mine.wait(number)
        try:
            return operation(number)
        finally:
            mine.passed(number)

    @DBOS.workflow()
    async def workflow() -> list[int]:
        mine = turns[-1]
        return list(
            await asyncio.gather(
                *(asyncio.to_thread(in_turn, number, mine) for number in range(TASKS))
            )
        )

    turns.append(Turns(orders[0]))
    with SetWorkflowID("threads"):
        result: Any
        if background:
            result = DBOS.start_workflow(workflow).get_result()
        else:
            result = asyncio.run(workflow())
    assert result == [0, 10, 20, 30]
    assert sorted(ran) == [0, 1, 2, 3]
    steps = DBOS.list_workflow_steps("threads")
    assert [(step["function_id"], step["output"]) for step in steps] == [
        (1, 0),
        (2, 10),
        (3, 20),
        (4, 30),
    ]
    turns.append(Turns(orders[1]))
    tables.force_status("threads", "PENDING")
    assert [handle.get_result() for handle in recover()] == [[0, 10, 20, 30]]
    assert len(ran) == TASKS


def test_threads_one_after_the_other_leave_no_gap_in_the_numbers() -> None:
    @DBOS.step()
    def step(number: int) -> int:
        return number

    @DBOS.workflow()
    async def workflow() -> list[int]:
        await asyncio.to_thread(str, 1)
        first = await asyncio.to_thread(step, 1)
        await asyncio.gather(asyncio.to_thread(str, 1))
        second = step(2)
        (third,) = await asyncio.gather(asyncio.to_thread(lambda: [step(3), step(4)]))
        return [first, second, *third]

    with SetWorkflowID("plain"):
        assert asyncio.run(workflow()) == [1, 2, 3, 4]
    steps = DBOS.list_workflow_steps("plain")
    assert [(step["function_id"], step["output"]) for step in steps] == [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
    ]


def test_an_executor_of_the_program_is_left_alone() -> None:
    @DBOS.workflow()
    async def workflow() -> str:
        return await asyncio.to_thread(lambda: threading.current_thread().name)

    async def main() -> str:
        with ThreadPoolExecutor(1, thread_name_prefix="mine") as executor:
            asyncio.get_running_loop().set_default_executor(executor)
            return await workflow()

    assert asyncio.run(main()).startswith("mine")
