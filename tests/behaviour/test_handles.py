"""Handles: workflows in the background, found again by id, waited for together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID, WorkflowHandle
from dbos.error import DBOSAwaitedWorkflowCancelledError, DBOSNonExistentWorkflowError
from support.behaviour import SystemTables, eventually, in_thread

pytestmark = pytest.mark.usefixtures("launched")


class Refused(Exception):
    """An error of the program under test."""


def test_waiting_for_a_workflow_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        DBOS.retrieve_workflow("nobody")


def test_a_workflow_started_is_durable_before_it_runs() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow() -> str:
        gate.wait(30)
        return "done"

    with SetWorkflowID("background"):
        handle: WorkflowHandle[str] = DBOS.start_workflow(workflow)
    assert handle.workflow_id == "background"
    assert handle.get_workflow_id() == "background"
    assert handle.get_status().status == "PENDING"
    gate.set()
    assert handle.get_result() == "done"
    assert handle.get_status().status == "SUCCESS"


def test_results_can_be_read_any_number_of_times() -> None:
    @DBOS.workflow()
    def workflow(value: int) -> int:
        return value + 1

    handle = DBOS.start_workflow(workflow, 1)
    assert [handle.get_result() for _ in range(3)] == [2, 2, 2]


def test_arguments_reach_a_workflow_in_the_background() -> None:
    @DBOS.workflow()
    def workflow(first: str, second: str = "b", *, third: str) -> str:
        return first + second + third

    assert DBOS.start_workflow(workflow, "a", third="c").get_result() == "abc"
    assert DBOS.start_workflow(workflow, "a", second="x", third="c").get_result() == "axc"


def test_a_failure_in_the_background_is_raised_by_the_handle() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        raise Refused("never")

    handle = DBOS.start_workflow(workflow)
    with pytest.raises(Refused, match="never"):
        handle.get_result()
    assert handle.get_status().status == "ERROR"
    assert isinstance(handle.get_status().error, Exception)


def test_starting_the_same_id_twice_gives_one_execution() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow() -> str:
        ran.append("ran")
        return "result"

    handles = []
    for _ in range(3):
        with SetWorkflowID("one"):
            handles.append(DBOS.start_workflow(workflow))
    assert [handle.get_result() for handle in handles] == ["result"] * 3
    assert ran == ["ran"]


def test_a_call_joins_the_execution_that_is_running_under_its_id() -> None:
    gate = threading.Event()
    ran: list[str] = []
    results: list[str] = []

    @DBOS.workflow()
    def workflow() -> str:
        ran.append("ran")
        gate.wait(30)
        return "result"

    with SetWorkflowID("joined"):
        handle = DBOS.start_workflow(workflow)

    def call() -> None:
        with SetWorkflowID("joined"):
            results.append(workflow())

    thread = in_thread(call)
    gate.set()
    assert handle.get_result() == "result"
    thread.join(30)
    assert results == ["result"]
    assert ran == ["ran"]


def test_a_handle_is_found_by_id_while_running_and_after() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow() -> str:
        gate.wait(30)
        return "found"

    started = DBOS.start_workflow(workflow)
    found: WorkflowHandle[str] = DBOS.retrieve_workflow(started.workflow_id)
    assert found.workflow_id == started.workflow_id
    assert found.get_status().status == "PENDING"
    gate.set()
    assert found.get_result() == "found"
    again: WorkflowHandle[str] = DBOS.retrieve_workflow(started.workflow_id)
    assert again.get_result() == "found"


def test_a_handle_for_a_workflow_to_come_waits_for_it() -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "arrived"

    expected: WorkflowHandle[str] = DBOS.retrieve_workflow("to-come", existing_workflow=False)
    results: list[str] = []
    thread = in_thread(lambda: results.append(expected.get_result()))
    with SetWorkflowID("to-come"):
        workflow()
    thread.join(30)
    assert results == ["arrived"]


def test_a_result_is_read_by_id() -> None:
    @DBOS.workflow()
    def workflow() -> dict[str, int]:
        return {"answer": 42}

    with SetWorkflowID("by-id"):
        workflow()
    assert DBOS.get_result("by-id") == {"answer": 42}


def test_a_failure_is_raised_when_read_by_id() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        raise Refused("by id")

    with SetWorkflowID("bad"), pytest.raises(Refused):
        workflow()
    with pytest.raises(Refused, match="by id"):
        DBOS.get_result("bad")


def test_awaiting_a_cancelled_workflow_is_an_error_of_its_own() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow() -> None:
        gate.wait(30)
        DBOS.sleep(0)

    handle = DBOS.start_workflow(workflow)
    DBOS.cancel_workflow(handle.workflow_id)
    gate.set()
    with pytest.raises(DBOSAwaitedWorkflowCancelledError, match=handle.workflow_id):
        handle.get_result()


def test_inside_a_workflow_start_and_result_are_recorded() -> None:
    @DBOS.workflow()
    def child(value: int) -> int:
        return value * 2

    @DBOS.workflow()
    def parent() -> int:
        handle = DBOS.start_workflow(child, 21)
        return handle.get_result()

    with SetWorkflowID("starter"):
        assert parent() == 42
    steps = DBOS.list_workflow_steps("starter")
    assert [(step["function_id"], step["function_name"]) for step in steps] == [
        (1, child.__qualname__),
        (2, "DBOS.getResult"),
    ]
    assert [step["child_workflow_id"] for step in steps] == ["starter-1", "starter-1"]


def test_inside_a_workflow_a_status_read_is_recorded() -> None:
    @DBOS.workflow()
    def child() -> str:
        return "ok"

    @DBOS.workflow()
    def parent() -> str | None:
        child()
        status = DBOS.get_workflow_status("reader-1")
        return None if status is None else status.status

    with SetWorkflowID("reader"):
        assert parent() == "SUCCESS"
    names = [step["function_name"] for step in DBOS.list_workflow_steps("reader")]
    assert names[-1] == "DBOS.getStatus"


def test_inside_a_workflow_the_status_of_a_handle_is_recorded_and_replayed(
    tables: SystemTables, recover: Callable[..., list[Any]]
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    seen: list[str] = []

    @DBOS.workflow()
    def child() -> None:
        begun.set()
        go_on.wait(20)

    @DBOS.workflow()
    def parent() -> str:
        handle = DBOS.start_workflow(child)
        begun.wait(20)
        seen.append(handle.get_status().status)
        go_on.set()
        handle.get_result()
        seen.append(DBOS.retrieve_workflow("asker-1").get_status().status)
        return "-".join(seen[-2:])

    with SetWorkflowID("asker"):
        assert parent() == "PENDING-SUCCESS"
    tables.force_status("asker", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["PENDING-SUCCESS"]
    assert seen == ["PENDING", "SUCCESS"] * 2
    names = [step["function_name"] for step in DBOS.list_workflow_steps("asker")]
    assert names[1:] == ["DBOS.getStatus", "DBOS.getResult", "DBOS.getStatus", "DBOS.getStatus"]


def test_that_a_workflow_does_not_exist_is_an_answer_that_replay_repeats(
    tables: SystemTables, recover: Callable[..., list[Any]]
) -> None:
    @DBOS.workflow()
    def late() -> None:
        return None

    @DBOS.workflow()
    def asker() -> str:
        try:
            DBOS.retrieve_workflow("late")
        except DBOSNonExistentWorkflowError:
            return "missing"
        return "there"

    with SetWorkflowID("asker"):
        assert asker() == "missing"
    with SetWorkflowID("late"):
        late()
    tables.force_status("asker", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["missing"]


def test_children_run_beside_each_other() -> None:
    barrier = threading.Barrier(3)

    @DBOS.workflow()
    def child(number: int) -> int:
        barrier.wait(20)
        return number

    @DBOS.workflow()
    def parent() -> list[int]:
        handles = [DBOS.start_workflow(child, number) for number in range(3)]
        return [handle.get_result() for handle in handles]

    assert parent() == [0, 1, 2]


def test_the_first_of_several_is_the_one_that_finished() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def slow() -> str:
        gate.wait(30)
        return "slow"

    @DBOS.workflow()
    def quick() -> str:
        return "quick"

    handles: list[WorkflowHandle[Any]] = [DBOS.start_workflow(slow), DBOS.start_workflow(quick)]
    first = DBOS.wait_first(handles, polling_interval_sec=0.01)
    assert first.workflow_id == handles[1].workflow_id
    assert first.get_result() == "quick"
    gate.set()
    assert handles[0].get_result() == "slow"


def test_waiting_for_the_first_counts_failures_too() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def slow() -> None:
        gate.wait(30)

    @DBOS.workflow()
    def broken() -> None:
        raise Refused("first")

    handles: list[WorkflowHandle[Any]] = [DBOS.start_workflow(slow), DBOS.start_workflow(broken)]
    first = DBOS.wait_first(handles, polling_interval_sec=0.01)
    with pytest.raises(Refused):
        first.get_result()
    gate.set()
    handles[0].get_result()


def test_waiting_for_the_first_in_a_workflow_is_recorded() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def slow() -> str:
        gate.wait(30)
        return "slow"

    @DBOS.workflow()
    def quick() -> str:
        return "quick"

    @DBOS.workflow()
    def parent() -> str:
        handles: list[WorkflowHandle[Any]] = [DBOS.start_workflow(slow), DBOS.start_workflow(quick)]
        first = DBOS.wait_first(handles, polling_interval_sec=0.01)
        return first.workflow_id

    with SetWorkflowID("race"):
        assert parent() == "race-2"
    gate.set()
    names = [step["function_name"] for step in DBOS.list_workflow_steps("race")]
    assert names[-1] == "DBOS.waitFirst"
    with SetWorkflowID("race"):
        assert parent() == "race-2"
    eventually(lambda: DBOS.get_result("race-1") == "slow", "the slow child ends")


def test_waiting_for_none_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        DBOS.wait_first([])
