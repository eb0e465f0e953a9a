"""Durable sleep: it lasts as long as said, once, however often the workflow is interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


def test_a_sleep_that_is_over_is_not_slept_again(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        DBOS.sleep(1)
        return "awake"

    def life_in_seconds() -> float:
        tables.force_status("sleeper", "PENDING")
        started = time.monotonic()
        assert [handle.get_result() for handle in recover()] == ["awake"]
        return time.monotonic() - started

    with SetWorkflowID("sleeper"):
        assert workflow() == "awake"
    # Slept again, every life would last a second.
    assert min(life_in_seconds() for _ in range(5)) < 1


@pytest.mark.parametrize("seconds", [0.05, 0.2])
def test_a_sleep_lasts(seconds: float) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.sleep(seconds)

    started = time.monotonic()
    workflow()
    assert seconds - 0.005 <= time.monotonic() - started


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_sleep_of_no_time_returns_at_once(seconds: float) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        DBOS.sleep(seconds)
        return "awake"

    assert workflow() == "awake"


def test_outside_a_workflow_sleeping_is_refused() -> None:
    with pytest.raises(DBOSException, match=r"(?i)workflow"):
        DBOS.sleep(0.05)


def test_a_sleep_is_a_step() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.sleep(0.01)

    with SetWorkflowID("short"):
        workflow()
    steps = DBOS.list_workflow_steps("short")
    assert [(step["function_id"], step["function_name"]) for step in steps] == [(1, "DBOS.sleep")]


def test_sleeps_of_workflows_run_beside_each_other() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.sleep(1.5)

    started = time.monotonic()
    handles = [DBOS.start_workflow(workflow) for _ in range(10)]
    for handle in handles:
        handle.get_result()
    # One after the other they would need fifteen seconds.
    assert time.monotonic() - started < 13
