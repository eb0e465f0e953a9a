"""Debouncing: one run for a burst of calls, with the last input."""

from __future__ import annotations

import asyncio
import time

import pytest

from dbos import DBOS, Debouncer, Queue, SetWorkflowID
from dbos.error import DBOSException

pytestmark = pytest.mark.usefixtures("launched")


def test_the_last_input_wins_and_runs_once() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow(user: str, text: str) -> str:
        ran.append(text)
        return f"{user}: {text}"

    debouncer = Debouncer.create(workflow)
    handles = [debouncer.debounce("key", 0.5, "ann", text) for text in ("h", "he", "hello")]
    assert {handle.workflow_id for handle in handles} == {handles[0].workflow_id}
    assert [handle.get_result() for handle in handles] == ["ann: hello"] * 3
    assert ran == ["hello"]


def test_keys_are_apart() -> None:
    @DBOS.workflow()
    def workflow(text: str) -> str:
        return text

    debouncer = Debouncer.create(workflow)
    first = debouncer.debounce("one", 0.2, "of one")
    second = debouncer.debounce("two", 0.2, "of two")
    assert first.workflow_id != second.workflow_id
    assert (first.get_result(), second.get_result()) == ("of one", "of two")


def test_after_a_run_a_call_starts_the_next() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow(text: str) -> str:
        ran.append(text)
        return text

    debouncer = Debouncer.create(workflow)
    assert debouncer.debounce("key", 0.1, "first").get_result() == "first"
    assert debouncer.debounce("key", 0.1, "second").get_result() == "second"
    assert ran == ["first", "second"]


def test_a_burst_without_end_runs_at_its_maximum_wait() -> None:
    @DBOS.workflow()
    def workflow(number: int) -> float:
        return time.monotonic()

    debouncer = Debouncer.create(workflow, debounce_timeout_sec=0.3)
    started = time.monotonic()
    handle = debouncer.debounce("key", 3600, 1)
    debouncer.debounce("key", 3600, 2)
    assert handle.get_result() - started < 10


def test_the_wrong_number_of_arguments_is_refused_at_the_call() -> None:
    @DBOS.workflow()
    def workflow(user: str, text: str) -> str:
        return user + text

    debouncer = Debouncer.create(workflow)
    with pytest.raises((TypeError, DBOSException), match="text"):
        debouncer.debounce("key", 60, "only one")  # type: ignore[call-arg]
    assert DBOS.list_workflows() == []


def test_a_debounced_workflow_may_have_an_assigned_id() -> None:
    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.workflow_id

    debouncer = Debouncer.create(workflow)
    with SetWorkflowID("assigned"):
        handle = debouncer.debounce("key", 0.1)
    assert handle.workflow_id == "assigned"
    assert handle.get_result() == "assigned"


def test_a_debounced_workflow_may_run_on_a_queue() -> None:
    queue = Queue("debounced", polling_interval_sec=0.05)

    @DBOS.workflow()
    def workflow(text: str) -> str:
        return text

    debouncer = Debouncer.create(workflow, queue=queue)
    handle = debouncer.debounce("key", 0.1, "queued")
    assert handle.get_result() == "queued"
    assert handle.get_status().queue_name == "debounced"


def test_a_workflow_may_debounce() -> None:
    @DBOS.workflow()
    def target(text: str) -> str:
        return text

    debouncer = Debouncer.create(target)

    @DBOS.workflow()
    def caller() -> str:
        debouncer.debounce("key", 0.1, "first")
        return debouncer.debounce("key", 0.1, "second").get_result()

    assert caller() == "second"


def test_coroutines_debounce() -> None:
    @DBOS.workflow()
    async def workflow(text: str) -> str:
        return text

    async def main() -> str:
        debouncer = Debouncer.create_async(workflow)
        await debouncer.debounce_async("key", 0.2, "first")
        handle = await debouncer.debounce_async("key", 0.2, "second")
        return await handle.get_result()

    assert asyncio.run(main()) == "second"
