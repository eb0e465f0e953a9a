"""Plain calls in coroutine workflows: what could never return is refused, and holds up nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, Queue, WorkflowHandle
from dbos.error import DBOSException

pytestmark = pytest.mark.usefixtures("launched")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What holds up an event loop does not depend on the database."""
    return f"sqlite:///{tmp_path / 'system.sqlite'}"


WAITS: dict[str, Callable[[WorkflowHandle[Any]], Any]] = {
    "result": lambda handle: handle.get_result(),
    "by id": lambda handle: DBOS.get_result(handle.workflow_id),
    "first": lambda handle: DBOS.wait_first([handle]),
}


@pytest.mark.parametrize("start", ["started", "enqueued"])
@pytest.mark.parametrize("wait", WAITS)
def test_waiting_for_a_workflow_on_the_own_loop_is_refused(wait: str, start: str) -> None:
    queue = Queue("children")

    @DBOS.workflow()
    async def child() -> str:
        return "done"

    @DBOS.workflow()
    async def parent() -> Any:
        begin: Any = DBOS.start_workflow if start == "started" else queue.enqueue
        return WAITS[wait](begin(child))

    handle: WorkflowHandle[Any] = DBOS.start_workflow(parent)
    with pytest.raises(DBOSException, match="_async twin"):
        handle.get_result()
    other: WorkflowHandle[Any] = DBOS.start_workflow(child)
    assert other.get_result() == "done"


@pytest.mark.parametrize("wait", WAITS)
def test_waiting_for_a_workflow_with_a_thread_is_not(wait: str) -> None:
    @DBOS.workflow()
    def child() -> str:
        return "done"

    @DBOS.workflow()
    async def parent() -> str:
        WAITS[wait](DBOS.start_workflow(child))
        return "waited"

    handle: WorkflowHandle[Any] = DBOS.start_workflow(parent)
    assert handle.get_result() == "waited"
