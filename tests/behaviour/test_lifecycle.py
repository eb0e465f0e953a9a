"""Configuration, launch and destroy: what wins, what is refused, and that nothing is left over."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue, SetWorkflowID
from dbos.error import DBOSException, DBOSInitializationError
from support.behaviour import SystemTables, eventually, in_thread


def test_destroy_before_anything_was_created() -> None:
    DBOS.destroy(destroy_registry=True)
    DBOS.destroy(destroy_registry=True)
    DBOS.destroy()


def test_launch_before_anything_was_created_is_refused() -> None:
    DBOS.destroy(destroy_registry=True)
    with pytest.raises(DBOSException, match=r"(?i)DBOS"):
        DBOS.launch()


def test_the_api_before_launch_is_refused(unlaunched: DBOSConfig) -> None:
    DBOS(config=unlaunched)
    calls: list[Callable[[], Any]] = [
        lambda: DBOS.list_workflows(),
        lambda: DBOS.get_event("w", "key", timeout_seconds=0),
        lambda: DBOS.send("w", "message"),
        lambda: DBOS.cancel_workflow("w"),
        lambda: DBOS.retrieve_workflow("w"),
    ]
    for call in calls:
        with pytest.raises(DBOSException, match=r"(?i)launch"):
            call()


def test_a_second_construction_gives_the_first_instance(unlaunched: DBOSConfig) -> None:
    first = DBOS(config=unlaunched)
    assert DBOS(config=unlaunched) is first


def test_launching_twice_is_harmless(unlaunched: DBOSConfig) -> None:
    DBOS(config=unlaunched)
    DBOS.launch()
    DBOS.launch()

    @DBOS.workflow()
    def workflow() -> str:
        return "once"

    assert workflow() == "once"


def test_functions_survive_a_new_launch(relaunch: Callable[..., None], launched: None) -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow() -> str:
        ran.append("ran")
        return "kept"

    with SetWorkflowID("w"):
        workflow()
    relaunch()
    with SetWorkflowID("w"):
        assert workflow() == "kept"
    assert ran == ["ran"]
    assert workflow() == "kept"


def test_the_database_keeps_what_a_process_did(
    relaunch: Callable[..., None], launched: None
) -> None:
    @DBOS.workflow()
    def workflow() -> dict[str, list[int]]:
        DBOS.set_event("key", "value")
        return {"a": [1, 2]}

    with SetWorkflowID("w"):
        workflow()
    relaunch()
    assert DBOS.get_result("w") == {"a": [1, 2]}
    assert DBOS.get_event("w", "key") == "value"


@pytest.mark.parametrize("truncate", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_resetting_the_system_database_forgets_everything(
    unlaunched: DBOSConfig, truncate: bool, named: bool
) -> None:
    DBOS(config=unlaunched)
    DBOS.launch()

    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetWorkflowID("w"):
        workflow()
    DBOS.destroy()
    if named:
        url = unlaunched["system_database_url"]
        DBOS.reset_system_database(system_database_url=url, truncate=truncate)
        DBOS(config=unlaunched)
    else:
        DBOS(config=unlaunched)
        DBOS.reset_system_database(truncate=truncate)
    DBOS.launch()
    assert DBOS.list_workflows() == []


def test_a_launched_runtime_refuses_to_reset(launched: None) -> None:
    with pytest.raises((DBOSException, AssertionError)):
        DBOS.reset_system_database()


def test_the_default_database_is_a_file_of_the_applications_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    DBOS.destroy(destroy_registry=True)
    DBOS(config={"name": "my-app"})
    DBOS.launch()
    try:

        @DBOS.workflow()
        def workflow() -> str:
            return "stored"

        assert workflow() == "stored"
    finally:
        DBOS.destroy(destroy_registry=True)
    assert (tmp_path / "my_app.sqlite").is_file()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "ab"}, "name"),
        ({"name": "Has Spaces And Capitals"}, "name"),
        ({"name": "fine", "system_database_url": "mysql://host/database"}, "mysql|URL|url"),
        ({"name": "fine", "lease_seconds": 10, "heartbeat_seconds": 9}, "heartbeat_seconds"),
        ({"name": "fine", "heartbeat_seconds": 60}, "lease_seconds"),
    ],
    ids=str,
)
def test_a_wrong_configuration_is_refused_with_the_key(config: Any, words: str) -> None:
    def begin() -> None:
        DBOS(config=config)
        DBOS.launch()

    DBOS.destroy(destroy_registry=True)
    with pytest.raises(DBOSInitializationError, match=words):
        begin()
    DBOS.destroy(destroy_registry=True)


@pytest.mark.parametrize(
    "extra",
    [
        {"log_level": "ERROR"},
        {"run_admin_server": False},
        {"enable_otlp": False},
        {"sys_db_pool_size": 5},
        {"use_listen_notify": False},
        {"executor_id": "from-the-configuration"},
        {"max_executor_threads": 8},
        {"notification_listener_polling_interval_sec": 0.1},
        {"scheduler_polling_interval_sec": 1},
        {"database_url": None},
        {"conductor_key": None},
    ],
    ids=str,
)
def test_keys_of_the_documentation_are_accepted(unlaunched: DBOSConfig, extra: Any) -> None:
    config: Any = {**unlaunched, **extra}
    DBOS(config=config)
    DBOS.launch()

    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    assert workflow() == "works"
    if "executor_id" in extra:
        assert DBOS.list_workflows()[0].executor_id == "from-the-configuration"


def test_the_environment_names_the_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", "sqlite:///environment.sqlite")
    DBOS.destroy(destroy_registry=True)
    DBOS(config={"name": "from-the-environment"})
    DBOS.launch()
    DBOS.destroy(destroy_registry=True)
    assert (tmp_path / "environment.sqlite").is_file()


def test_the_configuration_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", "sqlite:///environment.sqlite")
    monkeypatch.setenv("DBOS__APPVERSION", "of the environment")
    DBOS.destroy(destroy_registry=True)
    DBOS(
        config={
            "name": "configured",
            "system_database_url": "sqlite:///configured.sqlite",
            "application_version": "of the configuration",
        }
    )
    DBOS.launch()
    version = DBOS.application_version
    DBOS.destroy(destroy_registry=True)
    assert version == "of the configuration"
    assert (tmp_path / "configured.sqlite").is_file()
    assert not (tmp_path / "environment.sqlite").exists()


def test_destroy_waits_for_running_workflows_when_told(unlaunched: DBOSConfig) -> None:
    finished: list[str] = []
    gate = threading.Event()
    DBOS(config=unlaunched)
    DBOS.launch()

    @DBOS.workflow()
    def workflow() -> None:
        gate.wait(30)
        DBOS.sleep(0.05)
        finished.append("finished")

    DBOS.start_workflow(workflow)
    release = in_thread(gate.set)
    DBOS.destroy(workflow_completion_timeout_sec=10)
    release.join(10)
    assert finished == ["finished"]


def test_destroying_an_idle_runtime_is_quick(unlaunched: DBOSConfig) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    def destroyed_in_seconds() -> float:
        DBOS(config=unlaunched)
        DBOS.launch()
        workflow()
        started = time.monotonic()
        DBOS.destroy()
        return time.monotonic() - started

    # A service that has to be waited for costs two seconds each time; a loaded machine does not.
    assert min(destroyed_in_seconds() for _ in range(4)) < 1.0


def test_cycles_of_launch_and_destroy_leak_nothing(unlaunched: DBOSConfig) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    def cycle() -> tuple[int, int]:
        DBOS(config=unlaunched)
        DBOS.launch()
        assert workflow() == "works"
        DBOS.destroy()
        return threading.active_count(), len(os.listdir("/dev/fd"))

    for _ in range(3):
        before = cycle()
    for _ in range(8):
        after = cycle()
    assert after[0] <= before[0]
    assert after[1] <= before[1] + 2


def test_destroy_with_a_waiting_workflow_does_not_hang(
    unlaunched: DBOSConfig, tables: SystemTables
) -> None:
    DBOS(config=unlaunched)
    DBOS.launch()

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.set_event("waiting", True)
        DBOS.recv("never", timeout_seconds=100)

    with SetWorkflowID("w"):
        DBOS.start_workflow(workflow)
    assert DBOS.get_event("w", "waiting")
    started = time.monotonic()
    DBOS.destroy()
    assert time.monotonic() - started < 60
    rows = tables.query(f"SELECT status FROM {tables.table('workflow_status')}")
    assert [row[0] for row in rows] == ["PENDING"]


def test_the_registry_is_forgotten_when_told(unlaunched: DBOSConfig) -> None:
    Queue("once")
    DBOS.destroy(destroy_registry=True)
    Queue("once")


def test_decorating_after_launch_works(launched: None) -> None:
    @DBOS.step()
    def step() -> str:
        return "late"

    @DBOS.workflow()
    def workflow() -> str:
        return step()

    queue = Queue("late", polling_interval_sec=0.05)
    assert workflow() == "late"
    handle = queue.enqueue(workflow)
    eventually(lambda: handle.get_status().status == "SUCCESS", "the queue is served")


def test_the_level_of_the_log_ends_with_the_configuration_that_set_it(
    unlaunched: DBOSConfig,
) -> None:
    before = DBOS.logger.level
    DBOS(config={**unlaunched, "log_level": "ERROR"})
    assert DBOS.logger.level == logging.ERROR
    DBOS.destroy()
    DBOS(config={**unlaunched, "log_level": "CRITICAL"})
    assert DBOS.logger.level == logging.CRITICAL
    DBOS.destroy()
    DBOS(config=unlaunched)
    assert DBOS.logger.level == (before or logging.INFO)
