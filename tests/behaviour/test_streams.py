"""Streams: values in order, read while written, closed once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from support.behaviour import SystemTables, in_thread

pytestmark = pytest.mark.usefixtures("launched")


def test_writing_outside_a_workflow_is_refused() -> None:
    with pytest.raises(DBOSException, match=r"(?i)workflow"):
        DBOS.write_stream("key", 1)


@pytest.mark.parametrize("closed", [True, False])
def test_values_are_read_in_order_until_closed_or_ended(closed: bool) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        for value in (1, "two", None, {"four": 4}):
            DBOS.write_stream("key", value)
        if closed:
            DBOS.close_stream("key")

    with SetWorkflowID("writer"):
        workflow()
    assert list(DBOS.read_stream("writer", "key")) == [1, "two", None, {"four": 4}]


def test_a_reader_follows_the_writer() -> None:
    gate = threading.Event()
    read: list[Any] = []

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", 1)
        gate.wait(30)
        DBOS.write_stream("key", 2)
        DBOS.close_stream("key")

    def follow() -> None:
        for value in DBOS.read_stream("writer", "key"):
            read.append(value)
            gate.set()

    with SetWorkflowID("writer"):
        handle = DBOS.start_workflow(workflow)
    reader = in_thread(follow)
    handle.get_result()
    reader.join(30)
    assert read == [1, 2]


def test_reading_ends_when_the_workflow_fails() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", "before")
        raise ValueError("broken")

    with SetWorkflowID("failing"), pytest.raises(ValueError, match="broken"):
        workflow()
    assert list(DBOS.read_stream("failing", "key")) == ["before"]


def test_streams_are_apart() -> None:
    @DBOS.workflow()
    def workflow(value: int) -> None:
        DBOS.write_stream("a", value)
        DBOS.write_stream("b", value * 10)
        DBOS.write_stream("a", value + 1)

    for value in (1, 5):
        with SetWorkflowID(f"w{value}"):
            workflow(value)
    assert list(DBOS.read_stream("w1", "a")) == [1, 2]
    assert list(DBOS.read_stream("w1", "b")) == [10]
    assert list(DBOS.read_stream("w5", "a")) == [5, 6]
    assert list(DBOS.read_stream("w5", "c")) == []


def test_a_replay_writes_nothing_twice(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", 1)
        DBOS.write_stream("key", 2)
        DBOS.close_stream("key")

    with SetWorkflowID("writer"):
        workflow()
    tables.force_status("writer", "PENDING")
    for handle in recover():
        handle.get_result()
    assert list(DBOS.read_stream("writer", "key")) == [1, 2]


def test_a_step_may_write() -> None:
    @DBOS.step()
    def step() -> None:
        DBOS.write_stream("key", "from the step")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("writer"):
        workflow()
    assert list(DBOS.read_stream("writer", "key")) == ["from the step"]


def test_coroutines_write_and_read() -> None:
    @DBOS.workflow()
    async def workflow() -> None:
        for value in range(3):
            await DBOS.write_stream_async("key", value)
        await DBOS.close_stream_async("key")

    async def main() -> list[Any]:
        with SetWorkflowID("writer"):
            handle = await DBOS.start_workflow_async(workflow)
        values = [value async for value in DBOS.read_stream_async("writer", "key")]
        await handle.get_result()
        return values

    assert asyncio.run(main()) == [0, 1, 2]


def test_steps_of_streams_have_documented_names() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", 1)
        DBOS.close_stream("key")

    with SetWorkflowID("writer"):
        workflow()
    names = [step["function_name"] for step in DBOS.list_workflow_steps("writer")]
    assert names == ["DBOS.writeStream", "DBOS.closeStream"]


def test_the_stream_of_nobody_is_an_error() -> None:
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        next(iter(DBOS.read_stream("nobody", "key")))

    async def first() -> Any:
        return await anext(aiter(DBOS.read_stream_async("nobody", "key")))

    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        asyncio.run(first())


def test_a_stream_may_be_closed_again_and_takes_nothing_then(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        DBOS.close_stream("key")
        DBOS.close_stream("key")
        try:
            DBOS.write_stream("key", 1)
        except DBOSException as error:
            return str(error)
        return "written"

    with SetWorkflowID("closing"):
        said = workflow()
    assert "closed" in said
    tables.force_status("closing", "PENDING")
    assert [handle.get_result() for handle in recover()] == [said]
    assert list(DBOS.read_stream("closing", "key")) == []
