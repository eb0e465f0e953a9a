"""A child asked for under an id that is taken: the workflow sees the error at every execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]
REUSE: Any = {"workflow_id_reuse_policy": "reject"}


@pytest.mark.parametrize("way", ["call", "start", "enqueue"])
@pytest.mark.parametrize("reason", ["another function", "reject"])
def test_a_taken_id_is_the_same_error_at_replay(
    way: str, reason: str, tables: SystemTables, recover: Recover
) -> None:
    queue = Queue("children")
    told: list[str] = []

    @DBOS.workflow()
    def other() -> str:
        return "other"

    @DBOS.workflow()
    def child() -> str:
        return "child"

    @DBOS.step()
    def fall_back() -> str:
        return "fallen back"

    ways: dict[str, Callable[[], Any]] = {
        "call": child,
        "start": lambda: DBOS.start_workflow(child).get_result(),
        "enqueue": lambda: queue.enqueue(child).get_result(),
    }

    @DBOS.workflow()
    def parent() -> str:
        try:
            with SetWorkflowID("taken", **(REUSE if reason == "reject" else {})):
                return str(ways[way]())
        except DBOSException as error:
            told.append(f"{type(error).__name__}: {error}")
            return fall_back()

    with SetWorkflowID("taken"):
        (other if reason == "another function" else child)()
    with SetWorkflowID("parent"):
        assert parent() == "fallen back"
    steps = DBOS.list_workflow_steps("parent")
    assert [step["child_workflow_id"] for step in steps] == [None, None]
    for _ in range(2):
        tables.force_status("parent", "PENDING")
        assert [handle.get_result() for handle in recover()] == ["fallen back"]
    assert len(set(told)) == 1
    assert len(told) == 3
    assert "taken" in told[0]


def test_the_same_child_under_its_id_is_found_again(tables: SystemTables, recover: Recover) -> None:
    ran: list[int] = []

    @DBOS.workflow()
    def child() -> str:
        ran.append(1)
        return "child"

    @DBOS.workflow()
    def parent() -> str:
        with SetWorkflowID("shared"):
            return child()

    with SetWorkflowID("shared"):
        child()
    with SetWorkflowID("parent"):
        assert parent() == "child"
    tables.force_status("parent", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["child"]
    assert ran == [1]
