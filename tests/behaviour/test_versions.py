"""Application versions: who may recover what, and where the version comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue, SetEnqueueOptions, SetWorkflowID, testing
from support.behaviour import SystemTables, eventually

Recover = Callable[..., list[Any]]
Relaunch = Callable[..., None]


@pytest.mark.usefixtures("launched")
def test_another_version_is_not_recovered(tables: SystemTables, recover: Recover) -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow() -> str:
        ran.append("ran")
        return "done"

    with SetWorkflowID("old"):
        workflow()
    tables.force_status("old", "PENDING")
    version = DBOS.application_version
    testing.set_app_version("another version")
    assert recover() == []
    assert ran == ["ran"]
    testing.set_app_version(version)
    assert [handle.get_result() for handle in recover()] == ["done"]


@pytest.mark.usefixtures("launched")
def test_each_workflow_is_tagged_with_the_version_that_started_it() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    testing.set_app_version("one")
    with SetWorkflowID("first"):
        workflow()
    testing.set_app_version("two")
    with SetWorkflowID("second"):
        workflow()
    versions = {each.workflow_id: each.app_version for each in DBOS.list_workflows()}
    assert versions == {"first": "one", "second": "two"}
    assert [each.workflow_id for each in DBOS.list_workflows(app_version="one")] == ["first"]


@pytest.mark.usefixtures("launched")
def test_resume_moves_a_workflow_to_the_current_version(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    with SetWorkflowID("stranded"):
        workflow()
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} "
        "SET status = 'PENDING', application_version = 'of last year'"
    )
    assert recover() == []
    assert DBOS.resume_workflow("stranded").get_result() == "done"


def test_the_environment_decides_before_the_source(
    unlaunched: DBOSConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBOS__APPVERSION", "from the environment")
    DBOS(config=unlaunched)
    DBOS.launch()
    assert DBOS.application_version == "from the environment"


def test_the_configuration_names_a_version(relaunch: Relaunch) -> None:
    relaunch(application_version="1.0.0")
    assert DBOS.application_version == "1.0.0"


def test_the_version_survives_a_new_launch_of_the_same_program(relaunch: Relaunch) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "unchanged"

    relaunch()
    first = DBOS.application_version
    relaunch()
    assert DBOS.application_version == first
    assert first


def test_a_workflow_left_by_another_version_stays_after_launch(
    relaunch: Relaunch, tables: SystemTables
) -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow() -> str:
        ran.append("ran")
        return "done"

    relaunch(application_version="1")
    with SetWorkflowID("left"):
        workflow()
    tables.force_status("left", "PENDING")
    relaunch(application_version="2")
    with SetWorkflowID("of-this-version"):
        workflow()
    status = DBOS.get_workflow_status("left")
    assert status is not None
    assert (status.status, status.app_version) == ("PENDING", "1")
    relaunch(application_version="1")
    assert DBOS.get_result("left") == "done"
    assert ran == ["ran"] * 3


@pytest.mark.usefixtures("launched")
def test_work_enqueued_for_a_version_waits_for_it() -> None:
    queue = Queue("versions", polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    with SetEnqueueOptions(app_version="next"):
        waiting = queue.enqueue(workflow)
    assert queue.enqueue(workflow).get_result() == "done"
    assert waiting.get_status().status == "ENQUEUED"
    testing.set_app_version("next")
    eventually(lambda: waiting.get_status().status == "SUCCESS", "the new version takes the work")


def test_an_executor_has_the_id_of_its_machine(
    unlaunched: DBOSConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBOS__VMID", "machine-7")
    DBOS(config=unlaunched)
    DBOS.launch()

    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetWorkflowID("here"):
        workflow()
    status = DBOS.get_workflow_status("here")
    assert status is not None
    assert status.executor_id == "machine-7"


@pytest.mark.usefixtures("launched")
def test_versions_are_listed_and_the_latest_is_known() -> None:
    versions = [each["version_name"] for each in DBOS.list_application_versions()]
    assert DBOS.application_version in versions
    latest = DBOS.get_latest_application_version()
    assert latest["version_name"] == DBOS.application_version
