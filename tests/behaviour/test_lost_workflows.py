"""A step that still runs where its workflow was lost: nothing that it tells the world is published.

The workflow belongs to another process by then, and what that one published must stay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

TOLD: dict[str, Callable[[], None]] = {
    "event": lambda: DBOS.set_event("key", "too late"),
    "stream": lambda: DBOS.write_stream("key", "too late"),
    "close": lambda: DBOS.close_stream("key"),
}


@pytest.mark.parametrize("what", TOLD)
def test_a_step_of_a_lost_workflow_publishes_nothing(what: str, tables: SystemTables) -> None:
    begun, lost, told = threading.Event(), threading.Event(), threading.Event()

    @DBOS.step()
    def step() -> None:
        begun.set()
        assert lost.wait(30)
        try:
            TOLD[what]()
        except BaseException:
            told.set()
            raise

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("w"):
        DBOS.start_workflow(workflow)
    assert begun.wait(30)
    status = tables.table("workflow_status")
    tables.execute(f"UPDATE {status} SET owner_xid = 'another process/1' WHERE workflow_uuid = 'w'")
    lost.set()
    assert told.wait(30)
    assert DBOS.get_event("w", "key", timeout_seconds=0) is None
    assert tables.count("streams") == 0


@pytest.mark.parametrize("what", ["event", "stream"])
def test_a_step_in_flight_when_its_workflow_is_cancelled_publishes(what: str) -> None:
    begun, cancelled, told = threading.Event(), threading.Event(), threading.Event()

    @DBOS.step()
    def step() -> None:
        begun.set()
        assert cancelled.wait(30)
        TOLD[what]()
        told.set()

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("w"):
        DBOS.start_workflow(workflow)
    assert begun.wait(30)
    DBOS.cancel_workflow("w")
    cancelled.set()
    assert told.wait(30)
    found: Any = DBOS.get_event("w", "key", timeout_seconds=0)
    if what == "stream":
        found = DBOS.read_stream_offset("w", "key", 0)
    assert found == "too late"
