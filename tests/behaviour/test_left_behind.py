"""Workflows that their caller or their thread left before their end: they go on all the same."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID, WorkflowHandle
from dbos.error import DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded, DBOSException
from dbos.kernel import seam

Relaunch = Callable[..., None]


@pytest.fixture(autouse=True)
def beating(launched: None, relaunch: Relaunch) -> None:
    """A runtime that looks often for what was left."""
    relaunch(heartbeat_seconds=0.05)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_workflow_whose_caller_is_interrupted_goes_on(kind: type[BaseException]) -> None:
    ran: list[str] = []

    @DBOS.step()
    def first() -> None:
        ran.append("first")

    @DBOS.step()
    def second() -> str:
        ran.append("second")
        if ran.count("second") == 1:
            raise kind
        return "done"

    @DBOS.workflow()
    def workflow() -> str:
        first()
        return second()

    with SetWorkflowID("w"), pytest.raises(kind):
        workflow()
    assert DBOS.get_result("w") == "done"
    assert ran == ["first", "second", "second"]


@pytest.mark.parametrize("form", ["plain", "coroutine"])
def test_a_workflow_that_exits_in_the_background_goes_on(form: str) -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def plain() -> str:
        ran.append("run")
        return "done" if len(ran) > 1 else sys.exit(3)

    @DBOS.workflow()
    async def coroutine() -> str:
        ran.append("run")
        return "done" if len(ran) > 1 else sys.exit(3)

    started = {"plain": plain, "coroutine": coroutine}[form]
    assert DBOS.start_workflow(started).get_result() == "done"


def test_an_exit_in_one_coroutine_workflow_does_not_end_the_others() -> None:
    begun, leave = threading.Event(), threading.Event()

    async def until(event: threading.Event) -> None:
        while not event.is_set():
            await asyncio.sleep(0.001)

    @DBOS.workflow()
    async def staying() -> str:
        begun.set()
        await until(leave)
        return "stayed"

    @DBOS.workflow(max_recovery_attempts=0)
    async def leaving() -> None:
        async def exits() -> None:
            sys.exit(3)

        await asyncio.gather(exits(), asyncio.sleep(0))

    stayed: WorkflowHandle[Any] = DBOS.start_workflow(staying)
    assert begun.wait(30)
    left: WorkflowHandle[Any] = DBOS.start_workflow(leaving)
    with pytest.raises(DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded):
        left.get_result()
    leave.set()
    assert stayed.get_result() == "stayed"


def test_a_workflow_whose_task_is_cancelled_goes_on() -> None:
    ran: list[str] = []

    @DBOS.step()
    async def step() -> str:
        ran.append("step")
        if len(ran) == 1:
            await asyncio.Event().wait()
        return "done"

    @DBOS.workflow()
    async def workflow() -> str:
        return await step()

    async def program() -> str:
        with SetWorkflowID("w"):
            task = asyncio.create_task(workflow())
        while not ran:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return str(await DBOS.get_result_async("w"))

    assert asyncio.run(program()) == "done"


def test_a_workflow_that_an_ended_event_loop_left_goes_on() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    async def workflow() -> str:
        ran.append("run")
        if len(ran) == 1:
            await asyncio.Event().wait()
        return "done"

    async def program() -> str:
        return (await DBOS.start_workflow_async(workflow)).workflow_id

    assert DBOS.get_result(asyncio.run(program())) == "done"


def test_a_child_whose_parent_stops_waiting_goes_on() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    async def child() -> str:
        ran.append("child")
        if len(ran) == 1:
            await asyncio.Event().wait()
        return "done"

    @DBOS.workflow()
    async def parent() -> str:
        with SetWorkflowID("child"):
            task = asyncio.create_task(child())
        while not ran:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return "left"

    assert asyncio.run(parent()) == "left"
    assert DBOS.get_result("child") == "done"


def test_a_workflow_that_awaits_something_cancelled_fails_at_once() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    async def workflow() -> None:
        ran.append("run")
        task = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        task.cancel("no longer needed")
        await task

    handle: WorkflowHandle[Any] = DBOS.start_workflow(workflow)
    with pytest.raises(DBOSException, match="cancelled: no longer needed"):
        handle.get_result()
    assert ran == ["run"]


class RefusingThreads(seam.Seam):
    """A system that has no thread for workflows, for a while."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.refused = threading.Event()

    def start_thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Refuse the first of them."""
        if name.startswith(self._name) and not self.refused.is_set():
            self.refused.set()
            raise RuntimeError("can't start new thread")
        return super().start_thread(name, target)


@pytest.mark.parametrize("form", ["plain", "coroutine"])
def test_a_workflow_that_gets_no_thread_has_a_handle_and_runs(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @DBOS.workflow()
    def plain() -> str:
        return "done"

    @DBOS.workflow()
    async def coroutine() -> str:
        return "done"

    refusing = RefusingThreads("dbos-workflow" if form == "plain" else "dbos-loop")
    monkeypatch.setattr(seam, "current", refusing)
    started: Any = {"plain": plain, "coroutine": coroutine}[form]
    handle: WorkflowHandle[Any] = DBOS.start_workflow(started)
    assert refusing.refused.is_set()
    assert handle.get_result() == "done"


@pytest.mark.parametrize("form", ["returns", "raises"])
def test_a_task_that_a_workflow_does_not_wait_for_begins_no_step_after_it(form: str) -> None:
    ran: list[str] = []

    @DBOS.step()
    async def step() -> None:
        ran.append("step")

    async def program() -> BaseException | None:
        over, tasks = asyncio.Event(), list[asyncio.Task[None]]()

        @DBOS.workflow()
        async def workflow() -> None:
            async def late() -> None:
                await over.wait()
                await step()

            tasks.append(asyncio.create_task(late()))
            if form == "raises":
                raise ValueError("failed")

        await asyncio.gather(workflow(), return_exceptions=True)
        over.set()
        await asyncio.wait(tasks)
        return tasks[0].exception()

    assert "is over" in str(asyncio.run(program()))
    assert ran == []


def test_what_waits_behind_a_workflow_that_is_parked_runs() -> None:
    queue = Queue("narrow", concurrency=1)

    @DBOS.workflow(max_recovery_attempts=0)
    def leaving() -> None:
        sys.exit(3)

    @DBOS.workflow()
    def staying() -> str:
        return "done"

    left: WorkflowHandle[Any] = queue.enqueue(leaving)
    assert queue.enqueue(staying).get_result() == "done"
    assert left.get_status().status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
