"""Resume moves work to the version that runs: begun and queued, with and without a registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dbos import DBOS, DBOSClient, DBOSConfig, Queue, SetEnqueueOptions, SetWorkflowID
from dbos.registry import FORMAT, Registry, Step, TakeOver, Workflow
from support.behaviour import SystemTables, eventually

ran: list[str] = []
queues: list[Queue] = []


def workflow(number: int) -> int:
    ran.append("workflow")
    return effect(number)


def effect(number: int) -> int:
    ran.append("effect")
    return number


def declare() -> None:
    """Declare this module's functions as a program would at import."""
    global workflow, effect
    effect = DBOS.step(name="effect")(_plain(effect))
    workflow = DBOS.workflow(name="workflow")(_plain(workflow))


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(function, "__wrapped__", function)
    return found


def built(application: str, version: str, *proofs: TakeOver) -> Registry:
    """What a build would have written for this module."""
    return Registry(
        format=FORMAT,
        application_version=application,
        workflows=(Workflow(name="workflow", entry=f"{__name__}:workflow", version=version),),
        steps=(Step(name="effect", entry=f"{__name__}:effect"),),
        takes_over=proofs,
    )


Launch = Callable[..., None]


@pytest.fixture
def launch(unlaunched: DBOSConfig) -> Iterator[Launch]:
    """Launch this program again: as a build with a registry, or with a version set by hand."""
    ran.clear()

    def again(registry: Registry | None = None, **settings: Any) -> None:
        DBOS.destroy(destroy_registry=True)
        DBOS(config={**unlaunched, **settings}, registry=registry)
        declare()
        queues[:] = [Queue("orders", concurrency=1)]
        DBOS.launch()

    yield again
    DBOS.destroy(destroy_registry=True)


def version_of(name: str) -> tuple[str, str | None, str | None]:
    status = DBOS.get_workflow_status(name)
    assert status is not None
    return status.status, status.app_version, status.workflow_version


@pytest.mark.parametrize("with_registry", [True, False])
def test_begun_work_goes_on_from_its_last_step_on_the_current_version(
    with_registry: bool, launch: Launch, tables: SystemTables
) -> None:
    old, new = (built("a1", "v1-old"), built("a2", "v1-new")) if with_registry else (None, None)
    launch(old, application_version=None if with_registry else "a1")
    with SetWorkflowID("left"):
        workflow(7)
    tables.force_status("left", "PENDING")
    launch(new, application_version=None if with_registry else "a2")
    assert version_of("left")[:2] == ("PENDING", "a1")
    assert DBOS.resume_workflow("left").get_result() == 7
    assert ran == ["workflow", "effect", "workflow"]
    current = "v1-new" if with_registry else None
    assert version_of("left") == ("SUCCESS", "a2", current)


@pytest.mark.parametrize("delay", [None, 1000.0])
def test_queued_work_goes_on_on_the_current_version(launch: Launch, delay: float | None) -> None:
    launch(built("a1", "v1-old"))
    with SetWorkflowID("waits"), SetEnqueueOptions(app_version="a0", delay_seconds=delay):
        queues[0].enqueue(workflow, 8)
    launch(built("a2", "v1-new"))
    assert version_of("waits")[1] == "a0"
    assert DBOS.resume_workflow("waits").get_result() == 8
    assert version_of("waits") == ("SUCCESS", "a2", "v1-new")


def test_what_was_resumed_is_at_home_in_the_builds_that_follow(
    launch: Launch, tables: SystemTables
) -> None:
    """A resumed row had lost its workflow's version, so the next unrelated build stranded it."""
    launch(built("a1", "v1-old"))
    with SetWorkflowID("left"):
        workflow(9)
    tables.force_status("left", "PENDING")
    launch(built("a2", "v1-new"))
    assert DBOS.resume_workflow("left").get_result() == 9
    tables.force_status("left", "PENDING")
    launch(built("a3", "v1-new"))
    assert DBOS.get_result("left") == 9
    assert version_of("left") == ("SUCCESS", "a3", "v1-new")


def test_what_a_client_enqueued_gets_the_version_that_began_it(
    launch: Launch, tables: SystemTables, database_url: str
) -> None:
    launch(built("a1", "v1-old"))
    with DBOSClient(system_database_url=database_url) as client:
        client.enqueue(
            {"workflow_name": "workflow", "queue_name": "orders", "workflow_id": "sent"}, 1
        ).get_result()
    assert version_of("sent") == ("SUCCESS", "a1", "v1-old")


def test_a_client_resumes_on_the_version_that_lives_not_on_the_newest(
    launch: Launch, tables: SystemTables, database_url: str
) -> None:
    """After a return to an earlier build, the newest version on record is one that nobody runs."""
    launch(built("a1", "v1-old"))
    launch(built("a2", "v1-new"))
    with SetWorkflowID("left"):
        workflow(5)
    tables.force_status("left", "PENDING")
    launch(built("a1", "v1-old"))
    with DBOSClient(system_database_url=database_url) as client:
        assert client.resume_workflow("left").get_result() == 5
    assert version_of("left") == ("SUCCESS", "a1", "v1-old")


def test_equal_code_under_another_name_is_another_workflow(
    launch: Launch, tables: SystemTables
) -> None:
    """Work of a workflow that was renamed was taken by its version and then ran nowhere."""
    launch(built("a1", "v1-old"))
    with SetWorkflowID("renamed"), SetEnqueueOptions(delay_seconds=1000):
        queues[0].enqueue(workflow, 1)
    tables.execute(
        f"UPDATE {tables.table('workflow_status')} SET name = 'former', status = 'ENQUEUED'"
    )
    launch(built("a2", "v1-old"))
    with SetWorkflowID("own"):
        assert queues[0].enqueue(workflow, 2).get_result() == 2
    assert version_of("renamed") == ("ENQUEUED", "a1", "v1-old")


def test_the_report_comes_once_and_again_when_there_is_more(
    launch: Launch, tables: SystemTables, caplog: pytest.LogCaptureFixture
) -> None:
    launch(built("a1", "v1-old"))
    for name in ("one", "two"):
        with SetWorkflowID(name):
            workflow(1)
        tables.force_status(name, "PENDING")
    tables.execute(f"DELETE FROM {tables.table('executors')}")
    caplog.clear()
    launch(built("a2", "v1-new"))

    def reports() -> list[str]:
        told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
        return [each for each in told if "stranded" in each]

    eventually(lambda: len(reports()) == 1, "the report")
    assert reports()[0].startswith("2 workflows in flight are stranded")
    assert "2 of 'workflow' begun (version a1, workflow version v1-old)" in reports()[0]
    recovery = DBOS.running()._recovery
    for _ in range(3):
        recovery.scan()
        recovery._stranded._next_look = 0.0
    assert len(reports()) == 1
    with SetWorkflowID("three"), SetEnqueueOptions(app_version="a1"):
        queues[0].enqueue(workflow, 1)
    recovery._stranded._next_look = 0.0
    recovery.scan()
    assert len(reports()) == 2
    assert reports()[1].startswith("1 workflow in flight is stranded")


def test_other_code_under_a_version_set_by_hand_is_told(
    launch: Launch, tables: SystemTables, caplog: pytest.LogCaptureFixture
) -> None:
    launch(built("a1", "v1-old"), application_version="pinned")
    with SetWorkflowID("left"):
        workflow(3)
    tables.force_status("left", "PENDING")
    launch(built("a2", "v1-new"), application_version="pinned")
    assert DBOS.get_result("left") == 3
    (told,) = (each.getMessage() for each in caplog.records if "other code" in each.getMessage())
    assert "'left' ('workflow')" in told
    assert "(version v1-old, now v1-new), because its application version 'pinned'" in told


def test_taking_over_without_a_registry_is_told(
    launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    launch(None, take_over="proven-safe")
    assert "take_over has no effect without a registry" in caplog.text
    caplog.clear()
    launch(built("a1", "v1-old"), take_over="proven-safe")
    assert "take_over" not in caplog.text


@pytest.mark.parametrize("given", ["always", True, 1, ""])
def test_a_take_over_that_does_not_exist_is_refused(given: Any, unlaunched: DBOSConfig) -> None:
    from dbos.error import DBOSInitializationError

    with pytest.raises(DBOSInitializationError, match="take_over must be 'never' or"):
        DBOS(config={**unlaunched, "take_over": given})
