"""Places in a queue with a limit: who leaves one makes room for the next, however that came."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, WorkflowHandle
from dbos.error import DBOSUnexpectedStepError


@pytest.fixture
def blocked(launched: None, relaunch: Callable[..., None]) -> tuple[Queue, WorkflowHandle[Any]]:
    """A queue with one place, and the workflow that has it: it waits for code that fits."""
    relaunch(heartbeat_seconds=0.05)
    queue, code = Queue("narrow", concurrency=1), ["old"]

    @DBOS.step()
    def old() -> None: ...

    @DBOS.step()
    def new() -> None: ...

    @DBOS.workflow()
    def changed() -> str:
        if code[-1] == "old":
            old()
            code.append("new")
            sys.exit(3)
        new()
        return "done"

    handle: WorkflowHandle[Any] = queue.enqueue(changed)
    with pytest.raises(DBOSUnexpectedStepError):
        handle.get_result()
    return queue, handle


@pytest.mark.parametrize(
    "leave",
    [DBOS.cancel_workflow, DBOS.delete_workflow, DBOS.resume_workflow],
    ids=["cancel", "delete", "resume"],
)
def test_a_blocked_workflow_that_leaves_its_queue_makes_room(
    leave: Callable[[str], object], blocked: tuple[Queue, WorkflowHandle[Any]]
) -> None:
    queue, handle = blocked

    @DBOS.workflow()
    def following() -> str:
        return "ran"

    waiting = queue.enqueue(following)
    leave(handle.workflow_id)
    assert waiting.get_result() == "ran"
