"""No crash loses work or repeats a completed step: every commit of every scenario is tried.

The n-th commit fails, before it or after it, for n = 1, 2, 3, … until a run completes untouched.
After each crash a fresh runtime recovers; the result is the same and no recorded step has run
again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import pytest

from dbos import DBOS, DBOSConfig, Queue
from support.crash import WORKFLOW_ID, Effects, Scenario, crash_everywhere

Make = Callable[[Effects], Scenario]


def steps_in_a_row(effects: Effects) -> Scenario:
    @DBOS.step()
    def first(value: str) -> str:
        return effects.add(f"first {value}")

    @DBOS.step()
    def second(value: str) -> str:
        return effects.add(f"second of {value}")

    @DBOS.workflow(name="steps")
    def workflow() -> list[str]:
        return [second(first(value)) for value in ("a", "b")]

    expected = ["second of first a", "second of first b"]
    return Scenario("steps", workflow, expected)


def failing_step(effects: Effects) -> Scenario:
    @DBOS.step(retries_allowed=True, max_attempts=2, interval_seconds=0.0)
    def broken() -> str:
        raise ValueError("broken")

    @DBOS.step()
    def repair() -> str:
        return effects.add("repair")

    @DBOS.workflow(name="failing")
    def workflow() -> str:
        try:
            return broken()
        except Exception as error:
            return f"{type(error).__name__}, {repair()}"

    return Scenario("failing step", workflow, "DBOSMaxStepRetriesExceeded, repair")


def events_and_sleep(effects: Effects) -> Scenario:
    @DBOS.step()
    def work(value: str) -> str:
        return effects.add(f"work {value}")

    @DBOS.workflow(name="events")
    def workflow() -> Any:
        DBOS.set_event("progress", work("one"))
        DBOS.sleep(0.01)
        DBOS.set_event("progress", work("two"))
        return DBOS.get_event(WORKFLOW_ID, "progress", timeout_seconds=1)

    return Scenario("events and sleep", workflow, "work two")


def messages(effects: Effects) -> Scenario:
    @DBOS.step()
    def ship(what: str) -> str:
        return effects.add(f"ship {what}")

    @DBOS.workflow(name="messages")
    def workflow() -> list[Any]:
        DBOS.send(WORKFLOW_ID, "own", topic="mine")
        own = DBOS.recv(topic="mine", timeout_seconds=30)
        other = DBOS.recv(topic="other", timeout_seconds=30)
        nothing = DBOS.recv(topic="other", timeout_seconds=0.01)
        return [own, ship(other), nothing]

    def beside() -> None:
        DBOS.send(WORKFLOW_ID, "book", topic="other", idempotency_key="one book")

    def start() -> None:
        DBOS.start_workflow(workflow)

    return Scenario("messages", start, ["own", "ship book", None], beside)


def children(effects: Effects) -> Scenario:
    @DBOS.step()
    def part(value: int) -> str:
        return effects.add(f"part {value}")

    @DBOS.workflow(name="child")
    def child(value: int) -> str:
        return part(value)

    @DBOS.workflow(name="parent")
    def parent() -> list[str]:
        handle = DBOS.start_workflow(child, 2)
        return [child(1), handle.get_result(), child(3)]

    return Scenario("children", parent, ["part 1", "part 2", "part 3"])


def queued(effects: Effects) -> Scenario:
    queue = Queue("crash-queue", worker_concurrency=1)

    @DBOS.step()
    def task(value: int) -> str:
        return effects.add(f"task {value}")

    @DBOS.workflow(name="queued")
    def one(value: int) -> str:
        return task(value)

    @DBOS.workflow(name="enqueues")
    def all_of_them() -> list[str]:
        handles = [queue.enqueue(one, value) for value in range(3)]
        return [handle.get_result() for handle in handles]

    return Scenario("queue", all_of_them, ["task 0", "task 1", "task 2"])


def gathered(effects: Effects) -> Scenario:
    @DBOS.step()
    async def branch_step(value: str) -> str:
        await asyncio.sleep(0)
        return effects.add(value)

    async def branch(name: str) -> list[str]:
        return [await branch_step(f"{name} {number}") for number in range(2)]

    @DBOS.workflow(name="gathered")
    async def workflow() -> list[list[str]]:
        first = await asyncio.gather(branch("a"), branch("b"))
        await DBOS.sleep_async(0.001)
        return [*first, await branch("c")]

    def start() -> None:
        asyncio.run(workflow())

    expected = [["a 0", "a 1"], ["b 0", "b 1"], ["c 0", "c 1"]]
    return Scenario("gather", start, expected)


SCENARIOS: tuple[Make, ...] = (
    steps_in_a_row,
    failing_step,
    events_and_sleep,
    messages,
    children,
    queued,
    gathered,
)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("make", SCENARIOS, ids=lambda make: make.__name__)
def test_no_crash_loses_or_repeats_work(
    make: Make, when: Literal["before", "after"], config: DBOSConfig
) -> None:
    effects = Effects()
    scenario = make(effects)
    points = crash_everywhere(config, scenario, effects, when)
    assert points >= 4, f"{scenario.name} has only {points} commits: the harness does not reach it"
