"""Debouncing: one run for a burst of calls, with the last input."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    Debouncer,
    DebouncerClient,
    Queue,
    SetWorkflowID,
)
from dbos.error import (
    DBOSArgumentsError,
    DBOSException,
    DBOSWorkflowFunctionNotFoundError,
)

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


def test_a_debouncer_may_name_its_workflow() -> None:
    debouncer: Debouncer[[int], int] = Debouncer("by name")
    with pytest.raises(DBOSWorkflowFunctionNotFoundError, match="by name"):
        debouncer.debounce("key", 0, 1)

    @DBOS.workflow(name="by name")
    def workflow(number: int) -> int:
        return number + 1

    assert debouncer.debounce("key", 0, 1).get_result() == 2
    with pytest.raises(DBOSArgumentsError):
        Debouncer("by name").debounce("key", 0)


def test_a_client_shares_the_burst_of_the_program(config: DBOSConfig) -> None:
    queue = Queue("bursts")

    @DBOS.workflow(name="last wins")
    def workflow(number: int) -> int:
        return number

    here = Debouncer.create(workflow, queue=queue)
    with DBOSClient(system_database_url=config["system_database_url"]) as client:
        there = DebouncerClient(client, {"workflow_name": "last wins", "queue_name": "bursts"})
        first = here.debounce("key", 60, 1)
        second = there.debounce("key", 60, 2)
        assert second.workflow_id == first.workflow_id
        status = second.get_status()
        assert (status.status, status.queue_name) == ("DELAYED", "bursts")
        client.set_workflow_delay(first.workflow_id, delay_seconds=0)
        assert second.get_result() == 2
        assert first.get_result() == 2

        async def from_a_coroutine() -> int:
            handle = await there.debounce_async("other", 0, 3)
            result: int = await handle.get_result()
            return result

        assert asyncio.run(from_a_coroutine()) == 3


@pytest.mark.parametrize(
    "option", [{"deduplication_id": "id"}, {"priority": 1}, {"queue_partition_key": "key"}]
)
def test_a_client_cannot_debounce_what_has_other_places(
    option: dict[str, Any], config: DBOSConfig
) -> None:
    with DBOSClient(system_database_url=config["system_database_url"]) as client:
        options: Any = {"workflow_name": "any", "queue_name": "any", **option}
        with pytest.raises(DBOSException, match="debounced"):
            DebouncerClient(client, options).debounce("key", 1)
        assert client.list_workflows() == []
