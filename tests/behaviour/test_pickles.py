"""``allow_pickle=False``: no pickle is written, and none is opened, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from dbos.error import DBOSSerializationError
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

opened: list[str] = []


class Trap:
    """What has no data form, and tells when its pickle is opened."""

    def __reduce__(self) -> tuple[Any, ...]:
        return spring, ()


def spring() -> Trap:
    opened.append("opened")
    return Trap()


ASKED: dict[str, Callable[[], object]] = {
    "result": lambda: DBOS.get_result("w"),
    "event": lambda: DBOS.get_event("w", "key", timeout_seconds=0),
    "all events": lambda: DBOS.get_all_events("w"),
    "stream": lambda: list(DBOS.read_stream("w", "key")),
}


def test_no_pickle_is_opened_where_they_are_not_allowed(relaunch: Callable[..., None]) -> None:
    @DBOS.workflow()
    def workflow() -> Trap:
        DBOS.set_event("key", Trap())
        DBOS.write_stream("key", Trap())
        return Trap()

    with SetWorkflowID("w"):
        workflow()
    relaunch(allow_pickle=False)
    opened.clear()
    for ask in ASKED.values():
        with pytest.raises(DBOSSerializationError, match=r"Cannot read a payload.*allow_pickle"):
            ask()
    assert opened == []
    relaunch()
    for ask in ASKED.values():
        ask()
    assert len(opened) == len(ASKED)


def test_no_pickle_is_written_where_they_are_not_allowed(relaunch: Callable[..., None]) -> None:
    relaunch(allow_pickle=False)

    @DBOS.workflow()
    def workflow(argument: object) -> object:
        return argument

    with pytest.raises(DBOSSerializationError, match=r"Cannot store inputs.*allow_pickle"):
        workflow(Trap())
    assert DBOS.list_workflows() == []


def test_a_workflow_with_a_pickle_waits_for_a_process_that_may_open_it(
    relaunch: Callable[..., None], tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    relaunch(application_version="1")

    @DBOS.workflow()
    def workflow(argument: object) -> str:
        return type(argument).__name__

    with SetWorkflowID("w"):
        workflow(Trap())
    tables.force_status("w", "PENDING")
    opened.clear()
    relaunch(application_version="1", allow_pickle=False)
    recover()
    assert opened == []
    relaunch(application_version="1")
    assert DBOS.get_result("w") == "Trap"
