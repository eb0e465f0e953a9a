"""Cancel, resume, restart, fork and delete."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import DBOSAwaitedWorkflowCancelledError, DBOSNonExistentWorkflowError
from support.behaviour import SystemTables, eventually, in_thread

pytestmark = pytest.mark.usefixtures("launched")


def status_of(workflow_id: str) -> str:
    """The status of a workflow that exists."""
    status = DBOS.get_workflow_status(workflow_id)
    assert status is not None
    return status.status


class Program:
    """A workflow of three steps that can be held between its first and its second."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.reached = threading.Event()
        self.gate = threading.Event()

        @DBOS.step()
        def step(number: int, value: str) -> str:
            self.ran.append(number)
            if number == 1:
                self.reached.set()
                self.gate.wait(30)
            return f"{value}{number}"

        @DBOS.workflow()
        def workflow(value: str) -> str:
            for number in range(1, 4):
                value = step(number, value)
            return value

        self.workflow: Callable[[str], str] = workflow


@pytest.fixture
def program() -> Program:
    """The workflow under management."""
    return Program()


def start_and_cancel(program: Program, workflow_id: str) -> None:
    """Cancel a workflow while its first step runs."""
    with SetWorkflowID(workflow_id):
        handle = DBOS.start_workflow(program.workflow, "x")
    assert program.reached.wait(30)
    DBOS.cancel_workflow(workflow_id)
    program.gate.set()
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()


def test_a_cancelled_workflow_begins_no_further_step(program: Program) -> None:
    start_and_cancel(program, "stopped")
    assert program.ran == [1]
    assert status_of("stopped") == "CANCELLED"


def test_a_cancelled_workflow_stays_cancelled(
    program: Program, recover: Callable[[], list[Any]]
) -> None:
    start_and_cancel(program, "stopped")
    assert recover() == []
    assert status_of("stopped") == "CANCELLED"
    assert program.ran == [1]


def test_the_step_in_flight_keeps_its_outcome(program: Program) -> None:
    start_and_cancel(program, "stopped")
    eventually(
        lambda: [step["output"] for step in DBOS.list_workflow_steps("stopped")] == ["x1"],
        "the step in flight is recorded",
    )
    assert DBOS.resume_workflow("stopped").get_result() == "x123"
    assert program.ran == [1, 2, 3]


@pytest.mark.parametrize("ended", ["SUCCESS", "ERROR"])
def test_what_has_ended_cannot_be_cancelled(ended: str) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        if ended == "ERROR":
            raise ValueError("failed")
        return "done"

    with SetWorkflowID("ended"):
        try:
            workflow()
        except ValueError:
            assert ended == "ERROR"
    DBOS.cancel_workflow("ended")
    assert status_of("ended") == ended


def test_cancelling_nobody_does_nothing() -> None:
    DBOS.cancel_workflow("nobody")
    DBOS.cancel_workflows(["nobody", "no one"])
    assert DBOS.list_workflows() == []


def test_several_are_cancelled_and_resumed_together() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def workflow(number: int) -> int:
        gate.wait(30)
        DBOS.sleep(0)
        return number

    handles = [DBOS.start_workflow(workflow, number) for number in range(3)]
    identities = [handle.workflow_id for handle in handles]
    DBOS.cancel_workflows(identities)
    assert [status_of(each) for each in identities] == ["CANCELLED"] * 3
    gate.set()
    for handle in handles:
        with pytest.raises(DBOSAwaitedWorkflowCancelledError):
            handle.get_result()
    resumed = DBOS.resume_workflows(identities)
    assert [handle.get_result() for handle in resumed] == [0, 1, 2]


def test_cancelling_may_include_the_children() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def child() -> None:
        gate.wait(30)
        DBOS.sleep(0)

    @DBOS.workflow()
    def parent() -> None:
        DBOS.start_workflow(child)
        DBOS.set_event("started", True)
        gate.wait(30)
        DBOS.sleep(0)

    with SetWorkflowID("parent"):
        handle = DBOS.start_workflow(parent)
    assert DBOS.get_event("parent", "started")
    DBOS.cancel_workflow("parent", cancel_children=True)
    assert (status_of("parent"), status_of("parent-1")) == ("CANCELLED", "CANCELLED")
    gate.set()
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()


@pytest.mark.parametrize("blocked_in", ["sleep", "recv", "get_event", "child"])
def test_cancelling_interrupts_a_wait(blocked_in: str) -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def child() -> None:
        gate.wait(30)

    waits: dict[str, Callable[[], Any]] = {
        "sleep": lambda: DBOS.sleep(100),
        "recv": lambda: DBOS.recv("never", timeout_seconds=100),
        "get_event": lambda: DBOS.get_event("nobody", "never", timeout_seconds=100),
        "child": lambda: DBOS.start_workflow(child).get_result(),
    }

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("waiting", True)
        waits[blocked_in]()

    handle = DBOS.start_workflow(workflow)
    assert DBOS.get_event(handle.workflow_id, "waiting")
    started = time.monotonic()
    DBOS.cancel_workflow(handle.workflow_id)
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()
    assert time.monotonic() - started < 60
    gate.set()


def test_resuming_what_has_ended_changes_nothing(program: Program) -> None:
    program.gate.set()
    with SetWorkflowID("ended"):
        assert program.workflow("x") == "x123"
    assert DBOS.resume_workflow("ended").get_result() == "x123"
    assert program.ran == [1, 2, 3]


@pytest.mark.parametrize("verb", ["resume", "fork"])
def test_what_does_not_exist_cannot_be(verb: str) -> None:
    verbs: dict[str, Callable[[], Any]] = {
        "resume": lambda: DBOS.resume_workflow("nobody"),
        "fork": lambda: DBOS.fork_workflow("nobody", 1),
    }
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        verbs[verb]()


def test_resuming_an_enqueued_workflow_bypasses_its_queue() -> None:
    gate = threading.Event()
    queue = Queue("full", concurrency=1, polling_interval_sec=0.05)

    @DBOS.workflow()
    def blocker() -> None:
        gate.wait(30)

    @DBOS.workflow()
    def waiting() -> str:
        return "past the queue"

    first = queue.enqueue(blocker)
    eventually(lambda: first.get_status().status == "PENDING", "the queue is full")
    second = queue.enqueue(waiting)
    assert DBOS.resume_workflow(second.workflow_id).get_result() == "past the queue"
    assert first.get_status().status == "PENDING"
    gate.set()
    first.get_result()


def test_cancelling_removes_from_the_queue() -> None:
    gate = threading.Event()
    ran: list[str] = []
    queue = Queue("removal", concurrency=1, polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow(name: str) -> str:
        ran.append(name)
        gate.wait(30)
        return name

    first, second, third = (queue.enqueue(workflow, name) for name in "abc")
    DBOS.cancel_workflow(second.workflow_id)
    assert status_of(second.workflow_id) == "CANCELLED"
    gate.set()
    assert (first.get_result(), third.get_result()) == ("a", "c")
    assert ran == ["a", "c"]
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        second.get_result()


@pytest.mark.parametrize("start_step", [1, 2, 3, 4])
def test_a_fork_copies_exactly_the_steps_before(start_step: int, program: Program) -> None:
    program.gate.set()
    with SetWorkflowID("original"):
        program.workflow("x")
    program.ran.clear()
    forked = DBOS.fork_workflow("original", start_step)
    assert forked.workflow_id != "original"
    assert forked.get_result() == "x123"
    assert program.ran == list(range(start_step, 4))
    status = forked.get_status()
    assert status.forked_from == "original"
    assert status.input == {"args": ("x",), "kwargs": {}}
    assert len(DBOS.list_workflow_steps(forked.workflow_id)) == 3


def test_a_fork_takes_the_id_that_is_assigned(program: Program) -> None:
    program.gate.set()
    with SetWorkflowID("original"):
        program.workflow("x")
    with SetWorkflowID("branch"):
        forked = DBOS.fork_workflow("original", 1)
    assert forked.workflow_id == "branch"
    assert forked.get_result() == "x123"


def test_a_fork_of_a_fork_goes_back_one(program: Program) -> None:
    program.gate.set()
    with SetWorkflowID("original"):
        program.workflow("x")
    first = DBOS.fork_workflow("original", 2)
    assert first.get_result() == "x123"
    program.ran.clear()
    second = DBOS.fork_workflow(first.workflow_id, 3)
    assert second.get_result() == "x123"
    assert program.ran == [3]
    assert second.get_status().forked_from == first.workflow_id


def test_a_failed_workflow_is_repaired_by_a_fork() -> None:
    broken = [True]
    ran: list[str] = []

    @DBOS.step()
    def good() -> str:
        ran.append("good")
        return "kept"

    @DBOS.step()
    def bad(value: str) -> str:
        ran.append("bad")
        if broken:
            raise ValueError("broken")
        return value + " and repaired"

    @DBOS.workflow()
    def workflow() -> str:
        return bad(good())

    with SetWorkflowID("failed"), pytest.raises(ValueError, match="broken"):
        workflow()
    broken.clear()
    assert DBOS.fork_workflow("failed", 2).get_result() == "kept and repaired"
    assert ran == ["good", "bad", "bad"]
    assert status_of("failed") == "ERROR"


def test_a_fork_keeps_the_events_of_the_copied_steps() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("key", "first")
        DBOS.set_event("key", "second")

    with SetWorkflowID("original"):
        workflow()
    forked = DBOS.fork_workflow("original", 2)
    forked.get_result()
    assert DBOS.get_event(forked.workflow_id, "key") == "second"


def test_a_deleted_workflow_leaves_nothing(program: Program, tables: SystemTables) -> None:
    program.gate.set()

    @DBOS.workflow()
    def publisher() -> None:
        DBOS.set_event("key", 1)

    with SetWorkflowID("deleted"):
        program.workflow("x")
    with SetWorkflowID("published"):
        publisher()
    DBOS.delete_workflow("deleted")
    DBOS.delete_workflow("published")
    assert DBOS.get_workflow_status("deleted") is None
    assert DBOS.list_workflow_steps("deleted") == []
    names = ("workflow_status", "operation_outputs", "workflow_events")
    assert {name: tables.count(name) for name in names} == dict.fromkeys(names, 0)
    program.ran.clear()
    with SetWorkflowID("deleted"):
        assert program.workflow("y") == "y123"
    assert program.ran == [1, 2, 3]


def test_deleting_may_include_the_children() -> None:
    @DBOS.workflow()
    def child() -> None:
        return None

    @DBOS.workflow()
    def parent() -> None:
        child()

    for name in ("one", "two"):
        with SetWorkflowID(name):
            parent()
    DBOS.delete_workflow("one")
    assert {each.workflow_id for each in DBOS.list_workflows()} == {"one-1", "two", "two-1"}
    DBOS.delete_workflow("two", delete_children=True)
    assert {each.workflow_id for each in DBOS.list_workflows()} == {"one-1"}


def test_deleting_nobody_does_nothing() -> None:
    DBOS.delete_workflow("nobody")
    DBOS.delete_workflows(["nobody"])
    assert DBOS.list_workflows() == []


def test_management_in_a_workflow_is_recorded() -> None:
    @DBOS.workflow()
    def target() -> str:
        return "target"

    @DBOS.workflow()
    def operator() -> list[str]:
        DBOS.cancel_workflow("target")
        DBOS.resume_workflow("target")
        forked = DBOS.fork_workflow("target", 1)
        return [forked.workflow_id, str(len(DBOS.list_workflows(name="nothing")))]

    with SetWorkflowID("target"):
        target()
    with SetWorkflowID("operator"):
        first = operator()
    names = [step["function_name"] for step in DBOS.list_workflow_steps("operator")]
    assert [name for name in names if name != "DBOS.getStatus"] == [
        "DBOS.cancelWorkflow",
        "DBOS.resumeWorkflow",
        "DBOS.forkWorkflow",
        "DBOS.listWorkflows",
    ]
    with SetWorkflowID("operator"):
        assert operator() == first


def test_resuming_from_many_sides_runs_once(program: Program) -> None:
    start_and_cancel(program, "stopped")
    eventually(lambda: len(DBOS.list_workflow_steps("stopped")) == 1, "the step is recorded")
    results: list[str] = []
    barrier = threading.Barrier(4)

    def resume() -> None:
        barrier.wait()
        results.append(DBOS.resume_workflow("stopped").get_result())

    threads = [in_thread(resume) for _ in range(4)]
    for thread in threads:
        thread.join(30)
    assert results == ["x123"] * 4
    assert program.ran == [1, 2, 3]


def test_a_running_workflow_may_be_forked(program: Program) -> None:
    with SetWorkflowID("running"):
        handle = DBOS.start_workflow(program.workflow, "x")
    assert program.reached.wait(30)
    forked = DBOS.fork_workflow("running", 1)
    program.gate.set()
    assert (handle.get_result(), forked.get_result()) == ("x123", "x123")
    assert sorted(program.ran) == [1, 1, 2, 2, 3, 3]


def test_a_restart_has_the_same_inputs_and_a_new_id(program: Program) -> None:
    program.gate.set()
    with SetWorkflowID("original"):
        program.workflow("x")
    program.ran.clear()
    restarted = DBOS.restart_workflow("original")
    assert restarted.workflow_id != "original"
    assert restarted.get_result() == "x123"
    assert program.ran == [1, 2, 3]


def test_resuming_what_runs_does_not_run_it_twice(program: Program) -> None:
    with SetWorkflowID("running"):
        handle = DBOS.start_workflow(program.workflow, "x")
    assert program.reached.wait(30)
    resumed = DBOS.resume_workflow("running")
    program.gate.set()
    assert (handle.get_result(), resumed.get_result()) == ("x123", "x123")
    assert program.ran == [1, 2, 3]
