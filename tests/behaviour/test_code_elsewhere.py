"""Work whose code this process lacks: it is left to a process that has it, never kept or lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, Queue, SetWorkflowID
from dbos.kernel import seam
from dbos.registry import FORMAT, Registry, Workflow
from support.behaviour import SystemTables, eventually

Relaunch = Callable[..., None]
Recover = Callable[..., list[Any]]

VERSION = "1"


def owner_of(tables: SystemTables, workflow_id: str) -> tuple[Any, ...]:
    """Who holds a workflow, and how often it was run."""
    (row,) = tables.query(
        f"SELECT status, owner_xid, recovery_attempts FROM {tables.table('workflow_status')}"
        " WHERE workflow_uuid = :workflow_id",
        workflow_id=workflow_id,
    )
    return tuple(row)


def declare_order() -> Callable[[], str]:
    """The workflow that only some processes have."""

    @DBOS.workflow(name="order")
    def order() -> str:
        return "done"

    return order


def launch_without_code(config: DBOSConfig) -> None:
    """A process of the same version that has imported nothing."""
    DBOS.destroy(destroy_registry=True)
    DBOS(config={**config, "application_version": VERSION})
    DBOS.launch()


def test_a_workflow_without_its_function_is_not_claimed(
    unlaunched: DBOSConfig,
    relaunch: Relaunch,
    tables: SystemTables,
    recover: Recover,
    caplog: pytest.LogCaptureFixture,
) -> None:
    order = declare_order()
    relaunch(application_version=VERSION)
    with SetWorkflowID("w"):
        order()
    tables.force_status("w", "PENDING")
    before = owner_of(tables, "w")
    with caplog.at_level(logging.ERROR, logger="dbos"):
        launch_without_code(unlaunched)
        for _ in range(3):
            assert recover() == []
    assert owner_of(tables, "w") == before
    said = [record.getMessage() for record in caplog.records if "recovered here" in record.message]
    assert len(said) == 1
    assert "1 workflows" in said[0]
    assert "'order' is registered; import its module" in said[0]
    # Code that comes later is found.
    declare_order()
    recover()
    assert DBOS.get_result("w") == "done"


def test_a_workflow_for_which_there_is_no_thread_is_left_to_the_next_scan(
    unlaunched: DBOSConfig,
    relaunch: Relaunch,
    tables: SystemTables,
    recover: Recover,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    order = declare_order()
    relaunch(application_version=VERSION)
    with SetWorkflowID("w"):
        order()
    tables.force_status("w", "PENDING")
    attempts = owner_of(tables, "w")[2]
    start = seam.start_thread

    def refuse(name: str, target: Callable[[], None]) -> threading.Thread:
        if name.startswith("dbos-workflow"):
            raise RuntimeError("can't start new thread")
        return start(name, target)

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, logger="dbos"):
        patched.setattr(seam, "start_thread", refuse)
        relaunch(application_version=VERSION)
        eventually(lambda: owner_of(tables, "w") == ("PENDING", None, attempts), "it is given up")
    eventually(lambda: "cannot be started now: can't start new thread" in caplog.text, "it is said")
    recover()
    assert DBOS.get_result("w") == "done"


class Greeter(DBOSConfiguredInstance):
    """Greets in one language."""


def declare_greeter(*languages: str) -> list[Any]:
    """A class with a workflow, and its instances."""

    @DBOS.dbos_class("Greeter")
    class Shop(Greeter):
        @DBOS.workflow(name="greet")
        def greet(self) -> str:
            return f"in {self.config_name}"

    return [Shop(language) for language in languages]


def test_a_workflow_without_its_instance_is_given_up(
    unlaunched: DBOSConfig, relaunch: Relaunch, tables: SystemTables, recover: Recover
) -> None:
    (french,) = declare_greeter("french")
    relaunch(application_version=VERSION)
    with SetWorkflowID("w"):
        assert french.greet() == "in french"
    tables.force_status("w", "PENDING")
    attempts = owner_of(tables, "w")[2]
    DBOS.destroy(destroy_registry=True)
    declare_greeter("danish")
    relaunch(application_version=VERSION)
    eventually(lambda: owner_of(tables, "w") == ("PENDING", None, attempts), "it is given up")
    # Not taken again by the process that cannot run it.
    recover()
    assert owner_of(tables, "w") == ("PENDING", None, attempts)
    DBOS.destroy(destroy_registry=True)
    declare_greeter("danish", "french")
    relaunch(application_version=VERSION)
    assert DBOS.get_result("w") == "in french"


def test_queued_work_without_its_function_is_given_up(
    unlaunched: DBOSConfig, relaunch: Relaunch, tables: SystemTables
) -> None:
    order = declare_order()
    DBOS(config={**unlaunched, "application_version": VERSION})
    DBOS.listen_queues([])
    DBOS.launch()
    with SetWorkflowID("w"):
        Queue("work").enqueue(order)
    DBOS.destroy(destroy_registry=True)
    Queue("work")
    relaunch(application_version=VERSION)
    eventually(lambda: owner_of(tables, "w")[:2] == ("PENDING", None), "it is given up")
    DBOS.destroy(destroy_registry=True)
    Queue("work")
    declare_order()
    relaunch(application_version=VERSION)
    assert DBOS.get_result("w") == "done"


def test_a_module_that_exits_when_it_is_imported_ends_nothing(
    unlaunched: DBOSConfig,
    relaunch: Relaunch,
    tables: SystemTables,
    recover: Recover,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "exits_when_imported.py").write_text("raise SystemExit('no arguments')\n")
    monkeypatch.syspath_prepend(tmp_path)
    order = declare_order()
    relaunch(application_version=VERSION)
    with SetWorkflowID("w"):
        order()
    tables.force_status("w", "PENDING")
    DBOS.destroy(destroy_registry=True)
    entry = Workflow(name="order", entry="exits_when_imported:order", version="v")
    DBOS(
        config={**unlaunched, "application_version": VERSION},
        registry=Registry(format=FORMAT, application_version=VERSION, workflows=(entry,)),
    )
    with caplog.at_level(logging.ERROR, logger="dbos"):
        DBOS.launch()
        assert recover() == []
    eventually(lambda: "no arguments" in caplog.text, "it is said")
