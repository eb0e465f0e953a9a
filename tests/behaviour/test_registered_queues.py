"""Queues registered at run time, by name, and which of them this process serves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dbos import DBOS, DBOSConfig, Queue, SetWorkflowID
from support.behaviour import eventually


@pytest.mark.usefixtures("launched")
def test_a_registered_queue_takes_work_by_name() -> None:
    DBOS.register_queue("by-name", concurrency=3, polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow(number: int) -> int:
        return number + 1

    assert DBOS.enqueue_workflow("by-name", workflow, 1).get_result() == 2


@pytest.mark.usefixtures("launched")
def test_a_registered_queue_enqueues() -> None:
    queue = DBOS.register_queue("object", polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    assert queue.name == "object"
    assert queue.enqueue(workflow).get_result() == "done"


@pytest.mark.usefixtures("launched")
def test_registered_queues_are_listed_read_and_deleted() -> None:
    DBOS.register_queue("one", worker_concurrency=2)
    DBOS.register_queue("two", limiter={"limit": 5, "period": 10})
    assert {queue.name for queue in DBOS.list_queues()} >= {"one", "two"}
    found = DBOS.retrieve_queue("one")
    assert found is not None
    assert (found.name, found.worker_concurrency) == ("one", 2)
    DBOS.delete_queue("one")
    assert DBOS.retrieve_queue("one") is None
    assert DBOS.retrieve_queue("three") is None


@pytest.mark.usefixtures("launched")
def test_registering_again_changes_the_limits() -> None:
    DBOS.register_queue("changed", worker_concurrency=2)
    DBOS.register_queue("changed", worker_concurrency=7)
    found = DBOS.retrieve_queue("changed")
    assert found is not None
    assert found.worker_concurrency == 7


@pytest.mark.usefixtures("launched")
def test_work_for_a_queue_that_nobody_serves_waits() -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    handle = DBOS.enqueue_workflow("later", workflow)
    assert handle.get_status().status == "ENQUEUED"
    DBOS.register_queue("later", polling_interval_sec=0.05)
    assert handle.get_result() == "done"


@pytest.mark.usefixtures("launched")
def test_work_is_enqueued_by_the_name_of_its_workflow() -> None:
    DBOS.register_queue("named", polling_interval_sec=0.05)

    @DBOS.workflow(name="billing.charge")
    def workflow(amount: int, *, currency: str) -> str:
        return f"{amount} {currency}"

    handle = DBOS.enqueue_workflow_with_options(
        {"workflow_name": "billing.charge", "queue_name": "named", "workflow_id": "by-options"},
        5,
        currency="EUR",
    )
    assert handle.workflow_id == "by-options"
    assert handle.get_result() == "5 EUR"


def test_a_process_serves_only_the_queues_it_listens_to(
    unlaunched: DBOSConfig, relaunch: Callable[..., None]
) -> None:
    served = Queue("served", polling_interval_sec=0.05)
    ignored = Queue("ignored", polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow() -> str:
        return "done"

    DBOS(config=unlaunched)
    DBOS.listen_queues([served])
    DBOS.launch()
    waiting = ignored.enqueue(workflow)
    assert served.enqueue(workflow).get_result() == "done"
    assert waiting.get_status().status == "ENQUEUED"
    version = DBOS.application_version
    relaunch(application_version=version)
    eventually(
        lambda: waiting.get_status().status in ("ENQUEUED", "SUCCESS"), "the work is still known"
    )


@pytest.mark.usefixtures("launched")
def test_a_queue_declared_after_launch_is_served() -> None:
    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.workflow_id

    queue = Queue("late", polling_interval_sec=0.05)
    with SetWorkflowID("late-work"):
        handle = queue.enqueue(workflow)
    assert handle.get_result() == "late-work"
