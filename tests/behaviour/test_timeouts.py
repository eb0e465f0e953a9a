"""Workflow timeouts: a deadline that children inherit and that ends as a cancellation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID, SetWorkflowTimeout
from dbos.error import DBOSAwaitedWorkflowCancelledError, DBOSWorkflowCancelledError
from support.behaviour import SystemTables, eventually

pytestmark = pytest.mark.usefixtures("launched")

CANCELLED = (DBOSAwaitedWorkflowCancelledError, DBOSWorkflowCancelledError)


def status_of(workflow_id: str) -> Any:
    """The status row of a workflow that exists."""
    status = DBOS.get_workflow_status(workflow_id)
    assert status is not None
    return status


def sleep_for_ever() -> None:
    """Steps without end, until the workflow is stopped."""
    while True:
        DBOS.sleep(0.02)


def test_a_workflow_past_its_deadline_is_cancelled() -> None:
    @DBOS.workflow()
    def endless() -> None:
        sleep_for_ever()

    with SetWorkflowID("late"), SetWorkflowTimeout(0.1), pytest.raises(CANCELLED):
        endless()
    assert status_of("late").status == "CANCELLED"


def test_a_workflow_in_the_background_past_its_deadline_is_cancelled() -> None:
    @DBOS.workflow()
    def endless() -> None:
        sleep_for_ever()

    with SetWorkflowTimeout(0.1):
        handle = DBOS.start_workflow(endless)
    with pytest.raises(DBOSAwaitedWorkflowCancelledError, match=handle.workflow_id):
        handle.get_result()


def test_a_workflow_in_time_is_left_alone() -> None:
    @DBOS.workflow()
    def quick() -> str:
        DBOS.sleep(0.01)
        return "in time"

    with SetWorkflowID("quick"), SetWorkflowTimeout(60):
        assert quick() == "in time"
    status = status_of("quick")
    assert status.workflow_timeout_ms == 60_000
    assert status.workflow_deadline_epoch_ms is not None
    assert abs(status.workflow_deadline_epoch_ms - status.created_at - 60_000) < 5_000


def test_without_a_timeout_there_is_no_deadline() -> None:
    @DBOS.workflow()
    def quick() -> None:
        return None

    with SetWorkflowID("free"):
        quick()
    assert status_of("free").workflow_timeout_ms is None
    assert status_of("free").workflow_deadline_epoch_ms is None


def test_children_inherit_the_deadline() -> None:
    @DBOS.workflow()
    def child() -> None:
        sleep_for_ever()

    @DBOS.workflow()
    def parent() -> None:
        child()

    with SetWorkflowID("parent"), SetWorkflowTimeout(0.2), pytest.raises(CANCELLED):
        parent()
    assert status_of("parent").status == "CANCELLED"
    eventually(lambda: status_of("parent-1").status == "CANCELLED", "the child is cancelled")
    assert (
        status_of("parent-1").workflow_deadline_epoch_ms
        == status_of("parent").workflow_deadline_epoch_ms
    )


def test_children_in_the_background_inherit_the_deadline() -> None:
    @DBOS.workflow()
    def child() -> None:
        sleep_for_ever()

    @DBOS.workflow()
    def parent() -> str:
        return DBOS.start_workflow(child).workflow_id

    with SetWorkflowTimeout(0.3):
        child_id = parent()
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        DBOS.get_result(child_id)


def test_none_detaches_a_child_from_the_deadline() -> None:
    @DBOS.workflow()
    def child() -> str:
        return "free"

    @DBOS.workflow()
    def parent() -> str:
        with SetWorkflowTimeout(None):
            return DBOS.start_workflow(child).workflow_id

    with SetWorkflowTimeout(30):
        child_id = parent()
    assert DBOS.get_result(child_id) == "free"
    assert status_of(child_id).workflow_deadline_epoch_ms is None


def test_a_child_may_have_a_timeout_of_its_own() -> None:
    @DBOS.workflow()
    def child() -> None:
        sleep_for_ever()

    @DBOS.workflow()
    def parent() -> str:
        with SetWorkflowTimeout(0.1):
            handle = DBOS.start_workflow(child)
        try:
            handle.get_result()
        except DBOSAwaitedWorkflowCancelledError:
            return "the child was late"
        return "unreachable"

    assert parent() == "the child was late"


def test_a_timeout_must_not_be_negative() -> None:
    with pytest.raises(Exception, match=r"(?i)timeout"), SetWorkflowTimeout(-1):
        pass


def test_the_deadline_survives_a_recovery(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[str] = []

    @DBOS.step()
    def step() -> None:
        ran.append("step")

    @DBOS.workflow()
    def workflow() -> str:
        step()
        return "done"

    with SetWorkflowID("restarted"), SetWorkflowTimeout(60):
        workflow()
    deadline = status_of("restarted").workflow_deadline_epoch_ms
    tables.force_status("restarted", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["done"]
    assert status_of("restarted").workflow_deadline_epoch_ms == deadline


def test_recovered_after_its_deadline_a_workflow_does_nothing_more(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[str] = []

    @DBOS.step()
    def step() -> None:
        ran.append("step")

    @DBOS.workflow()
    def workflow() -> None:
        step()
        DBOS.sleep(0.01)
        step()

    with SetWorkflowID("overdue"), SetWorkflowTimeout(60):
        workflow()
    tables.force_status("overdue", "PENDING")
    tables.forget_steps("overdue", after=1)
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET workflow_deadline_epoch_ms = 1000"
    )
    recover()
    eventually(lambda: status_of("overdue").status == "CANCELLED", "the workflow is cancelled")
    assert ran == ["step", "step"]


def test_on_a_queue_the_clock_starts_with_the_work() -> None:
    gate = threading.Event()
    queue = Queue("one at a time", concurrency=1, polling_interval_sec=0.05)

    @DBOS.workflow()
    def blocker() -> None:
        gate.wait(30)

    @DBOS.workflow()
    def quick() -> str:
        return "in time"

    first = queue.enqueue(blocker)
    with SetWorkflowTimeout(5):
        second = queue.enqueue(quick)
    assert status_of(second.workflow_id).workflow_deadline_epoch_ms is None
    assert status_of(second.workflow_id).workflow_timeout_ms == 5_000
    released_at = time.time() * 1000
    gate.set()
    first.get_result()
    assert second.get_result() == "in time"
    assert status_of(second.workflow_id).workflow_deadline_epoch_ms >= released_at + 4_000


def test_on_a_queue_a_workflow_past_its_deadline_frees_its_slot() -> None:
    queue = Queue("slots", concurrency=1, polling_interval_sec=0.05)

    @DBOS.workflow()
    def endless() -> None:
        sleep_for_ever()

    @DBOS.workflow()
    def quick() -> str:
        return "next"

    with SetWorkflowTimeout(0.2):
        late = queue.enqueue(endless)
    following = queue.enqueue(quick)
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        late.get_result()
    assert following.get_result() == "next"


@pytest.mark.parametrize("blocked_in", ["sleep", "recv", "get_event"])
def test_a_timeout_interrupts_a_wait(blocked_in: str) -> None:
    waits: dict[str, Callable[[], Any]] = {
        "sleep": lambda: DBOS.sleep(100),
        "recv": lambda: DBOS.recv("never", timeout_seconds=100),
        "get_event": lambda: DBOS.get_event("nobody", "never", timeout_seconds=100),
    }

    @DBOS.workflow()
    def workflow() -> None:
        waits[blocked_in]()

    started = time.monotonic()
    with SetWorkflowTimeout(0.2):
        handle = DBOS.start_workflow(workflow)
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        handle.get_result()
    assert time.monotonic() - started < 60
