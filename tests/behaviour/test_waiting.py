"""Waiting for workflows: what came of it is recorded, and nobody waits for what cannot come."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID, WorkflowHandle
from dbos.error import DBOSException, DBOSNonExistentWorkflowError, DBOSShutdownError
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


def test_that_a_result_did_not_come_in_time_is_recorded(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def slow() -> str:
        assert gate.wait(30)
        return "late"

    @DBOS.workflow()
    def workflow() -> str:
        handle = DBOS.start_workflow(slow)
        try:
            seen = handle.get_result(timeout_seconds=0)
        except TimeoutError:
            seen = "not in time"
        gate.set()
        return f"{seen}, then {handle.get_result()}"

    with SetWorkflowID("w"):
        assert workflow() == "not in time, then late"
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["not in time, then late"]


@pytest.mark.parametrize("seconds", [math.nan, "1", True], ids=repr)
def test_a_time_that_is_none_is_refused(seconds: Any) -> None:
    to_come: WorkflowHandle[Any] = DBOS.retrieve_workflow("to come", existing_workflow=False)
    with pytest.raises(DBOSException, match="timeout_seconds"):
        to_come.get_result(timeout_seconds=seconds)


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_time_that_is_over_only_looks(seconds: float) -> None:
    to_come: WorkflowHandle[Any] = DBOS.retrieve_workflow("to come", existing_workflow=False)
    with pytest.raises(TimeoutError, match="to come"):
        to_come.get_result(timeout_seconds=seconds)


def test_waiting_for_the_first_of_some_that_do_not_exist_is_refused() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow() -> None:
        assert gate.wait(30)

    here = DBOS.start_workflow(workflow)
    gone: WorkflowHandle[Any] = DBOS.start_workflow(workflow)
    gate.set()
    gone.get_result()
    here.get_result()
    DBOS.delete_workflow(gone.workflow_id)
    with pytest.raises(DBOSNonExistentWorkflowError, match=gone.workflow_id):
        DBOS.wait_first([gone, here])


def test_that_there_is_none_to_wait_for_is_recorded(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def other() -> None: ...

    @DBOS.workflow()
    def workflow(missing: str) -> str:
        try:
            handle: WorkflowHandle[Any] = DBOS.retrieve_workflow(missing)
            return DBOS.wait_first([handle]).workflow_id
        except DBOSNonExistentWorkflowError:
            return "none"

    gone = DBOS.start_workflow(other)
    gone.get_result()
    DBOS.delete_workflow(gone.workflow_id)
    with SetWorkflowID("w"):
        assert workflow(gone.workflow_id) == "none"
    with SetWorkflowID(gone.workflow_id):
        other()
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["none"]


def test_waiting_for_the_first_of_one_to_come_waits_for_it() -> None:
    @DBOS.workflow()
    def workflow() -> None: ...

    firsts: list[str] = []
    to_come: WorkflowHandle[Any] = DBOS.retrieve_workflow("to come", existing_workflow=False)
    waiter = threading.Thread(target=lambda: firsts.append(DBOS.wait_first([to_come]).workflow_id))
    waiter.start()
    with SetWorkflowID("to come"):
        workflow()
    waiter.join(30)
    assert firsts == ["to come"]


def test_waiting_for_the_first_ends_with_the_runtime() -> None:
    running, gate, told = threading.Event(), threading.Event(), threading.Event()

    @DBOS.workflow()
    def workflow() -> None:
        running.set()
        assert gate.wait(30)

    def wait(handle: WorkflowHandle[None]) -> None:
        with pytest.raises((DBOSException, DBOSShutdownError)):
            DBOS.wait_first([handle])
        told.set()

    waiter = threading.Thread(target=wait, args=(DBOS.start_workflow(workflow),), daemon=True)
    assert running.wait(30)
    waiter.start()
    DBOS.destroy()
    gate.set()
    assert told.wait(30)
