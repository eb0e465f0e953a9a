"""Events: the latest value can always be read; what a workflow has read never changes for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables, in_thread

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


def test_setting_outside_a_workflow_is_refused() -> None:
    with pytest.raises(DBOSException, match=r"(?i)workflow"):
        DBOS.set_event("key", "value")


@pytest.mark.parametrize("value", [None, 0, False, "", [], {"a": (1, 2)}, "x" * 10_000])
def test_any_value_can_be_read(value: Any) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("key", value)

    with SetWorkflowID("publisher"):
        workflow()
    assert DBOS.get_event("publisher", "key", timeout_seconds=0) == value


def test_a_reader_waits_for_the_value() -> None:
    gate = threading.Event()
    read: list[Any] = []

    @DBOS.workflow()
    def workflow() -> None:
        gate.wait(30)
        DBOS.set_event("key", "at last")

    with SetWorkflowID("late"):
        handle = DBOS.start_workflow(workflow)
    reader = in_thread(lambda: read.append(DBOS.get_event("late", "key", timeout_seconds=20)))
    gate.set()
    reader.join(30)
    handle.get_result()
    assert read == ["at last"]


def test_a_reader_may_wait_before_the_workflow_exists() -> None:
    read: list[Any] = []

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("key", "here")

    reader = in_thread(lambda: read.append(DBOS.get_event("future", "key", timeout_seconds=20)))
    with SetWorkflowID("future"):
        workflow()
    reader.join(30)
    assert read == ["here"]


@pytest.mark.parametrize("timeout", [0, 0.05])
def test_a_timeout_returns_none(timeout: float) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("other", 1)

    with SetWorkflowID("silent"):
        workflow()
    assert DBOS.get_event("silent", "key", timeout_seconds=timeout) is None
    assert DBOS.get_event("no such workflow", "key", timeout_seconds=timeout) is None


def test_the_latest_value_is_read() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("key", "first")
        DBOS.set_event("key", "second")

    with SetWorkflowID("twice"):
        workflow()
    assert DBOS.get_event("twice", "key") == "second"


def test_keys_and_workflows_are_apart() -> None:
    @DBOS.workflow()
    def workflow(value: int) -> None:
        DBOS.set_event("a", value)
        DBOS.set_event("b", value * 10)

    for value in (1, 2):
        with SetWorkflowID(f"w{value}"):
            workflow(value)
    assert [DBOS.get_event(f"w{value}", key) for value in (1, 2) for key in "ab"] == [1, 10, 2, 20]


def test_what_a_workflow_read_stays_what_it_read(tables: SystemTables, recover: Recover) -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def publisher() -> None:
        DBOS.set_event("price", 10)
        gate.wait(30)
        DBOS.set_event("price", 20)

    @DBOS.workflow()
    def reader() -> Any:
        return DBOS.get_event("publisher", "price", timeout_seconds=20)

    with SetWorkflowID("publisher"):
        publishing = DBOS.start_workflow(publisher)
    with SetWorkflowID("reader"):
        assert reader() == 10
    gate.set()
    publishing.get_result()
    tables.force_status("reader", "PENDING")
    assert [handle.get_result() for handle in recover()] == [10]
    assert DBOS.get_event("publisher", "price") == 20


def test_a_timeout_in_a_workflow_is_replayed(tables: SystemTables, recover: Recover) -> None:
    @DBOS.workflow()
    def publisher() -> None:
        DBOS.set_event("key", "too late")

    @DBOS.workflow()
    def reader() -> Any:
        return DBOS.get_event("publisher", "key", timeout_seconds=0.01)

    with SetWorkflowID("reader"):
        assert reader() is None
    with SetWorkflowID("publisher"):
        publisher()
    tables.force_status("reader", "PENDING")
    assert [handle.get_result() for handle in recover()] == [None]


def test_a_replayed_publisher_does_not_undo_later_values(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def publisher() -> str:
        DBOS.set_event("key", "first")
        DBOS.set_event("key", "second")
        return "done"

    with SetWorkflowID("publisher"):
        publisher()
    tables.force_status("publisher", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["done"]
    assert DBOS.get_event("publisher", "key") == "second"


def test_all_events_are_read_together() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("a", 1)
        DBOS.set_event("b", [2])
        DBOS.set_event("a", 3)

    with SetWorkflowID("all"):
        workflow()
    assert DBOS.get_all_events("all") == {"a": 3, "b": [2]}
    assert DBOS.get_all_events("nobody") == {}


def test_events_of_a_failed_workflow_stay_readable() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("progress", 50)
        raise ValueError("half way")

    with SetWorkflowID("failed"), pytest.raises(ValueError, match="half way"):
        workflow()
    assert DBOS.get_event("failed", "progress") == 50


def test_a_step_may_publish() -> None:
    @DBOS.step()
    def step() -> None:
        DBOS.set_event("from", "step")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("stepwise"):
        workflow()
    assert DBOS.get_event("stepwise", "from") == "step"


def test_steps_of_events_have_documented_names() -> None:
    @DBOS.workflow()
    def workflow() -> Any:
        DBOS.set_event("key", 1)
        value = DBOS.get_event(DBOS.workflow_id or "", "key")
        DBOS.set_event("after", 1)
        return value

    with SetWorkflowID("named"):
        assert workflow() == 1
    steps = [(s["function_id"], s["function_name"]) for s in DBOS.list_workflow_steps("named")]
    assert steps[0] == (1, "DBOS.setEvent")
    assert (2, "DBOS.getEvent") in steps
    assert steps[-1] == (4, "DBOS.setEvent")


def test_readers_are_woken_together() -> None:
    gate = threading.Event()
    read: list[Any] = []

    @DBOS.workflow()
    def workflow() -> None:
        gate.wait(30)
        DBOS.set_event("key", "all")

    with SetWorkflowID("popular"):
        handle = DBOS.start_workflow(workflow)
    readers = [
        in_thread(lambda: read.append(DBOS.get_event("popular", "key", timeout_seconds=20)))
        for _ in range(5)
    ]
    gate.set()
    handle.get_result()
    for reader in readers:
        reader.join(30)
    assert read == ["all"] * 5
