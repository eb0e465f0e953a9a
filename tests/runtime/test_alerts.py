"""Alerts: the program's own functions hear of what an operator should know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue, SetEnqueueOptions, SetWorkflowID, testing
from dbos.error import DBOSInitializationError, DBOSUnexpectedStepError
from dbos.kernel import alerts
from support.behaviour import SystemTables, eventually

pytestmark = pytest.mark.usefixtures("launched")

Told = list[tuple[str, str, dict[str, str]]]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is told does not depend on the database."""
    return f"sqlite:///{tmp_path / 'system.sqlite'}"


@pytest.fixture
def told(launched: None) -> Told:
    """The alerts so far; a handler that fails is told first."""
    found: Told = []

    @DBOS.alert_handler
    def failing(name: str, message: str, metadata: dict[str, str]) -> None:
        raise OSError("the pager does not answer")

    @DBOS.alert_handler
    def noting(name: str, message: str, metadata: dict[str, str]) -> None:
        found.append((name, message, metadata))

    return found


def crashed(workflow: Callable[[], Any], workflow_id: str, tables: SystemTables) -> None:
    """Run a workflow and leave it as a crash after its last step would."""
    with SetWorkflowID(workflow_id):
        workflow()
    tables.force_status(workflow_id, "PENDING")


def test_a_workflow_that_replay_blocks_is_told(told: Told, database_url: str) -> None:
    name = ["first"]

    @DBOS.workflow(name="changing")
    def changing() -> None:
        DBOS.run_step({"name": name[0]}, lambda: None)

    crashed(changing, "c", SystemTables(database_url))
    name[0] = "second"
    [handle] = testing.recover_pending_workflows(["local"])
    with pytest.raises(DBOSUnexpectedStepError):
        handle.get_result()
    eventually(lambda: len(told) == 1, "one alert")
    alert, message, about = told[0]
    assert alert == alerts.BLOCKED == "workflow-blocked"
    assert "second" in message
    assert about == {"workflow_id": "c", "workflow": "changing"}


def test_a_workflow_that_is_parked_is_told(told: Told, database_url: str) -> None:
    @DBOS.workflow(name="deadly", max_recovery_attempts=0)
    def deadly() -> None: ...

    tables = SystemTables(database_url)
    crashed(deadly, "d", tables)
    for _ in range(2):
        testing.recover_pending_workflows(["local"])
        eventually(
            lambda: DBOS.get_workflow_status("d").status != "PENDING",  # type: ignore[union-attr]
            "it has ended or was parked",
        )
        if not told:
            tables.force_status("d", "PENDING")
    eventually(lambda: len(told) == 1, "one alert")
    assert told[0][0] == "workflow-parked"
    assert told[0][2] == {"workflow_id": "d", "workflow": "deadly"}


def test_work_of_versions_that_nobody_runs_is_told(told: Told, config: DBOSConfig) -> None:
    @DBOS.workflow(name="old")
    def old() -> None: ...

    with SetWorkflowID("o"), SetEnqueueOptions(app_version="gone"):
        Queue("waiting").enqueue(old)
    DBOS.destroy()
    DBOS(config=config)
    DBOS.launch()
    eventually(lambda: len(told) >= 1, "an alert")
    assert told[0][0] == "workflows-stranded"
    assert "dbos workflow resume 'o'" in told[0][1]
    assert told[0][2]["example"] == "o"
    assert told[0][2]["count"] == "1"


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(DBOSInitializationError, match="alert_handler"):
        DBOS.alert_handler("mail@example.com")  # type: ignore[type-var]
