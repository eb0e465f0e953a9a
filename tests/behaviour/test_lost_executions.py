"""A workflow that others took over while it ran here, as after a pause of this process.

The execution that lost it stops, keeps nothing, and does not stand in the way when the work comes
back because the other process died.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import DBOSNonExistentWorkflowError
from dbos.kernel import runtime
from support.behaviour import SystemTables, eventually

pytestmark = pytest.mark.usefixtures("launched")


class Gate:
    """A step that stands before it until the test opens it; later ones pass."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def stand(self) -> None:
        self.reached.set()
        assert self._open.wait(60)


def take_away(tables: SystemTables, workflow_id: str) -> None:
    """Give the workflow to a process that is not alive, which never ends it."""
    changed = tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET owner_xid = 'elsewhere/1'"
        " WHERE workflow_uuid = :workflow_id",
        workflow_id=workflow_id,
    )
    assert changed == 1


def nobody_runs(workflow_id: str) -> None:
    eventually(lambda: workflow_id not in runtime.active().executions, "it was left", 30.0)


def test_a_workflow_comes_back_when_its_new_owner_dies(
    tables: SystemTables, recover: Callable[..., list[Any]]
) -> None:
    gate = Gate()

    @DBOS.step()
    def step() -> str:
        gate.stand()
        return "done"

    @DBOS.workflow()
    def workflow() -> str:
        return step()

    with SetWorkflowID("lost"):
        handle = DBOS.start_workflow(workflow)
    assert gate.reached.wait(30)
    take_away(tables, "lost")
    gate.open()
    nobody_runs("lost")
    recover()
    assert handle.get_result() == "done"


def test_a_lost_workflow_keeps_no_place_in_its_queue(tables: SystemTables) -> None:
    queue, gate = Queue("singles", worker_concurrency=1), Gate()

    @DBOS.step()
    def step() -> None:
        gate.stand()

    @DBOS.workflow()
    def workflow() -> str:
        step()
        return "done"

    with SetWorkflowID("lost"):
        queue.enqueue(workflow)
    assert gate.reached.wait(30)
    take_away(tables, "lost")
    gate.open()
    assert queue.enqueue(workflow).get_result() == "done"


def test_whoever_called_a_lost_workflow_gets_its_result(
    tables: SystemTables, recover: Callable[..., list[Any]]
) -> None:
    gate, answers = Gate(), []

    @DBOS.step()
    def step() -> str:
        gate.stand()
        return "done"

    @DBOS.workflow()
    def workflow() -> str:
        return step()

    def call() -> None:
        with SetWorkflowID("lost"):
            answers.append(workflow())

    caller = threading.Thread(target=call)
    caller.start()
    assert gate.reached.wait(30)
    take_away(tables, "lost")
    gate.open()
    nobody_runs("lost")
    recover()
    caller.join(30)
    assert answers == ["done"]


def test_a_workflow_that_is_deleted_while_it_runs_just_stops(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate()

    @DBOS.step()
    def step() -> None:
        gate.stand()

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("deleted"):
        handle = DBOS.start_workflow(workflow)
    assert gate.reached.wait(30)
    DBOS.cancel_workflow("deleted")
    DBOS.delete_workflow("deleted")
    gate.open()
    nobody_runs("deleted")
    with pytest.raises(DBOSNonExistentWorkflowError):
        handle.get_result()
    DBOS.destroy()
    assert "failed" not in caplog.text
