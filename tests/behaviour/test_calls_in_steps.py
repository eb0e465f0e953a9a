"""What a step may call: it reads and steers workflows, and all of that is part of the step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID
from dbos.error import DBOSException

pytestmark = pytest.mark.usefixtures("launched")


def names_of(workflow_id: str) -> list[str]:
    """The recorded step names of a workflow, in order."""
    return [step["function_name"] for step in DBOS.list_workflow_steps(workflow_id)]


def test_a_step_may_look_at_workflows_and_steer_them() -> None:
    waiting = Queue("waiting")

    @DBOS.workflow()
    def other() -> str:
        DBOS.set_event("key", "event")
        DBOS.write_stream("stream", "value")
        return "result"

    @DBOS.step()
    def step() -> list[Any]:
        handle: Any = DBOS.retrieve_workflow("other")
        DBOS.cancel_workflow("parked")
        return [
            handle.get_result(),
            handle.get_status().status,
            DBOS.get_event("other", "key", timeout_seconds=0),
            DBOS.get_all_events("other"),
            list(DBOS.read_stream("other", "stream")),
            len(DBOS.list_workflow_steps("other")),
            [status.workflow_id for status in DBOS.list_workflows(name=other.__qualname__)],
            DBOS.get_workflow_status("nobody"),
        ]

    @DBOS.workflow()
    def outer() -> list[Any]:
        return step()

    with SetWorkflowID("other"):
        other()
    with SetWorkflowID("parked"), SetEnqueueOptions(delay_seconds=1000):
        waiting.enqueue(outer)
    with SetWorkflowID("outer"):
        seen = outer()
    assert seen == [
        "result",
        "SUCCESS",
        "event",
        {"key": "event"},
        ["value"],
        2,
        ["other"],
        None,
    ]
    assert len(names_of("outer")) == 1
    parked = DBOS.get_workflow_status("parked")
    assert parked is not None
    assert parked.status == "CANCELLED"


def test_a_coroutine_function_runs_as_a_step_of_a_plain_workflow() -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0)
        return number * 2

    @DBOS.workflow()
    def workflow() -> int:
        result: Any = DBOS.run_step({"name": "double"}, double, 4)
        return int(result) + 1

    with SetWorkflowID("plain"):
        assert workflow() == 9
    assert names_of("plain") == ["double"]
    outside: Any = DBOS.run_step(None, double, 5)
    assert outside == 10


def test_a_step_starts_no_work_by_a_fork() -> None:
    @DBOS.step()
    def step() -> None:
        DBOS.fork_workflow("outer", 1)

    @DBOS.workflow()
    def outer() -> None:
        step()

    with SetWorkflowID("outer"), pytest.raises(DBOSException, match="inside a step"):
        outer()
    assert len(DBOS.list_workflows()) == 1
