"""Recovery: what was interrupted goes on from its last checkpoint, and nothing else does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import (
    DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded,
    DBOSUnexpectedStepError,
)
from support.behaviour import SystemTables, eventually

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


def status_of(workflow_id: str) -> str:
    """The status of a workflow that exists."""
    status = DBOS.get_workflow_status(workflow_id)
    assert status is not None
    return status.status


@pytest.mark.parametrize("status", ["SUCCESS", "ERROR", "CANCELLED"])
def test_what_has_ended_is_not_recovered(
    status: str, tables: SystemTables, recover: Recover
) -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow() -> None:
        ran.append("ran")

    with SetWorkflowID("ended"):
        workflow()
    tables.force_status("ended", status)
    assert recover() == []
    assert ran == ["ran"]


def test_recovery_takes_the_recorded_arguments(tables: SystemTables, recover: Recover) -> None:
    seen: list[Any] = []

    @DBOS.workflow()
    def workflow(*args: Any, **kwargs: Any) -> int:
        seen.append((args, kwargs))
        return len(seen)

    with SetWorkflowID("again"):
        workflow(1, "two", key={"three": [4]})
    tables.force_status("again", "PENDING")
    handles = recover()
    assert [handle.workflow_id for handle in handles] == ["again"]
    assert handles[0].get_result() == 2
    assert seen == [((1, "two"), {"key": {"three": [4]}})] * 2


def test_each_recovery_counts_as_an_attempt(tables: SystemTables, recover: Recover) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    with SetWorkflowID("counted"):
        workflow()
    for attempts in range(2, 5):
        tables.force_status("counted", "PENDING")
        assert [handle.get_result() for handle in recover()] == ["done"]
        status = DBOS.get_workflow_status("counted")
        assert status is not None
        assert status.recovery_attempts == attempts


def test_too_many_attempts_park_the_workflow(tables: SystemTables, recover: Recover) -> None:
    ran: list[str] = []

    @DBOS.workflow(max_recovery_attempts=2)
    def workflow() -> str:
        ran.append("ran")
        return "done"

    with SetWorkflowID("parked"):
        workflow()
    for _ in range(2):
        tables.force_status("parked", "PENDING")
        assert [handle.get_result() for handle in recover()] == ["done"]
    tables.force_status("parked", "PENDING")
    for handle in recover():
        with pytest.raises(DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded, match="parked"):
            handle.get_result()
    eventually(
        lambda: status_of("parked") == "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "the workflow is parked"
    )
    assert len(ran) == 3


def test_a_parked_workflow_runs_again_when_resumed(tables: SystemTables, recover: Recover) -> None:
    ran: list[str] = []

    @DBOS.workflow(max_recovery_attempts=1)
    def workflow() -> int:
        ran.append("ran")
        return len(ran)

    with SetWorkflowID("parked"):
        workflow()
    for _ in range(2):
        tables.force_status("parked", "PENDING")
        recover()
        eventually(lambda: status_of("parked") != "PENDING", "the attempt ends")
        eventually(lambda: status_of("parked") != "ENQUEUED", "the attempt ends")
    eventually(
        lambda: status_of("parked") == "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "the workflow is parked"
    )
    assert DBOS.resume_workflow("parked").get_result() == 3
    status = DBOS.get_workflow_status("parked")
    assert status is not None
    assert status.status == "SUCCESS"
    assert status.recovery_attempts == 1


def test_many_interrupted_workflows_are_all_recovered(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def workflow(number: int) -> int:
        return number

    for number in range(10):
        with SetWorkflowID(f"many-{number}"):
            workflow(number)
        tables.force_status(f"many-{number}", "PENDING")
    results = {handle.workflow_id: handle.get_result() for handle in recover()}
    assert results == {f"many-{number}": number for number in range(10)}


def test_what_belongs_to_another_executor_is_left_alone(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    with SetWorkflowID("foreign"):
        workflow()
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET status = 'PENDING', executor_id = 'other'"
    )
    assert recover() == []
    assert [handle.get_result() for handle in recover(["other"])] == ["done"]


def test_an_interrupted_parent_finds_its_child_again(
    tables: SystemTables, recover: Recover
) -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def child(value: int) -> int:
        ran.append("child")
        return value * 2

    @DBOS.workflow()
    def parent() -> int:
        ran.append("parent")
        return child(4) + child(5)

    with SetWorkflowID("parent"):
        assert parent() == 18
    tables.force_status("parent", "PENDING")
    assert [handle.get_result() for handle in recover()] == [18]
    assert ran == ["parent", "child", "child", "parent"]


def test_launch_recovers_what_the_process_before_left(
    tables: SystemTables, relaunch: Callable[..., None]
) -> None:
    ran: list[str] = []

    @DBOS.step()
    def effect() -> str:
        ran.append("effect")
        return "kept"

    @DBOS.workflow()
    def workflow() -> str:
        return effect()

    relaunch(application_version="1")
    with SetWorkflowID("left"):
        workflow()
    tables.force_status("left", "PENDING")
    relaunch(application_version="1")
    assert DBOS.get_result("left") == "kept"
    assert ran == ["effect"]


def test_a_queued_workflow_that_was_interrupted_goes_through_its_queue(
    tables: SystemTables, recover: Recover
) -> None:
    queue = Queue("recovered", concurrency=1, polling_interval_sec=0.05)
    ran: list[int] = []

    @DBOS.workflow()
    def workflow(number: int) -> int:
        ran.append(number)
        return number

    for number in range(3):
        with SetWorkflowID(f"queued-{number}"):
            queue.enqueue(workflow, number).get_result()
    for number in range(3):
        tables.force_status(f"queued-{number}", "PENDING")
    assert sorted(handle.get_result() for handle in recover()) == [0, 1, 2]
    assert sorted(ran) == [0, 0, 1, 1, 2, 2]
    status = DBOS.get_workflow_status("queued-0")
    assert status is not None
    assert status.queue_name == "recovered"


def test_a_workflow_whose_code_went_another_way_is_stopped(
    tables: SystemTables, recover: Recover
) -> None:
    first_time: list[bool] = []

    @DBOS.step()
    def heads() -> str:
        return "heads"

    @DBOS.step()
    def tails() -> str:
        return "tails"

    @DBOS.workflow()
    def coin() -> str:
        first_time.append(True)
        return heads() if len(first_time) == 1 else tails()

    with SetWorkflowID("coin"):
        assert coin() == "heads"
    tables.force_status("coin", "PENDING")
    (handle,) = recover()
    with pytest.raises(DBOSUnexpectedStepError, match=r"heads|tails") as raised:
        handle.get_result()
    assert "heads" in str(raised.value)
    assert "tails" in str(raised.value)


def test_a_blocked_workflow_goes_on_when_the_code_is_right_again(
    tables: SystemTables, recover: Recover
) -> None:
    broken: list[bool] = []

    @DBOS.step()
    def heads() -> str:
        return "heads"

    @DBOS.step()
    def tails() -> str:
        return "tails"

    @DBOS.workflow()
    def coin() -> str:
        return tails() if broken else heads()

    with SetWorkflowID("mended"):
        coin()
    tables.force_status("mended", "PENDING")
    broken.append(True)
    (handle,) = recover()
    with pytest.raises(DBOSUnexpectedStepError):
        handle.get_result()
    assert status_of("mended") not in ("ERROR", "SUCCESS")
    broken.clear()
    assert DBOS.resume_workflow("mended").get_result() == "heads"


def test_a_row_of_an_unknown_workflow_does_not_stop_the_others(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    for name in ("alien", "known"):
        with SetWorkflowID(name):
            workflow()
        tables.force_status(name, "PENDING")
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET name = 'gone' WHERE workflow_uuid = 'alien'"
    )
    recover()
    assert DBOS.get_result("known") == "done"
    assert status_of("alien") != "SUCCESS"


def test_a_step_called_with_other_arguments_than_recorded_is_noticed(
    tables: SystemTables, recover: Recover
) -> None:
    prices = [10]

    @DBOS.step()
    def charge(price: int) -> str:
        return f"charged {price}"

    @DBOS.workflow()
    def workflow() -> str:
        return charge(prices[0])

    with SetWorkflowID("drifted"):
        assert workflow() == "charged 10"
    tables.force_status("drifted", "PENDING")
    prices[0] = 99
    (handle,) = recover()
    with pytest.raises(DBOSUnexpectedStepError, match="charge"):
        handle.get_result()
    assert status_of("drifted") not in ("ERROR", "SUCCESS")
    prices[0] = 10
    assert DBOS.resume_workflow("drifted").get_result() == "charged 10"


def test_a_recovery_asked_for_twice_runs_the_workflow_once(
    tables: SystemTables, recover: Recover
) -> None:
    gate = threading.Event()
    ran: list[str] = []

    @DBOS.step()
    def effect() -> str:
        ran.append("effect")
        gate.wait(30)
        return "done"

    @DBOS.workflow()
    def workflow() -> str:
        return effect()

    gate.set()
    with SetWorkflowID("twice"):
        workflow()
    ran.clear()
    gate.clear()
    tables.force_status("twice", "PENDING")
    tables.forget_steps("twice")
    recover()
    eventually(lambda: ran == ["effect"], "the step runs again")
    recover()
    with SetWorkflowID("twice"):
        joined = DBOS.start_workflow(workflow)
    gate.set()
    assert joined.get_result() == "done"
    assert ran == ["effect"]
