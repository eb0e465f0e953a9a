"""``with SetWorkflowID(…)`` and its like: one object may serve several blocks, also at once."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import (
    DBOS,
    SetEnqueueOptions,
    SetWorkflowAttributes,
    SetWorkflowID,
    SetWorkflowTimeout,
)

pytestmark = pytest.mark.usefixtures("launched")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What a block asks for does not depend on the database."""
    return f"sqlite:///{tmp_path / 'system.sqlite'}"


BLOCKS: dict[str, Callable[[], contextlib.AbstractContextManager[Any]]] = {
    "id": lambda: SetWorkflowID("given"),
    "timeout": lambda: SetWorkflowTimeout(1000),
    "priority": lambda: SetEnqueueOptions(priority=7),
    "attributes": lambda: SetWorkflowAttributes({"a": 1}),
}


def seen() -> tuple[Any, ...]:
    """What a workflow that is enqueued here gets from the blocks around."""

    @DBOS.workflow(name="asked")
    def workflow() -> None:
        return None

    status = DBOS.enqueue_workflow("unserved", workflow).get_status()
    is_given = status.workflow_id == "given"
    return is_given, status.workflow_timeout_ms, status.priority, status.attributes


@pytest.mark.parametrize("kind", BLOCKS)
def test_an_object_that_is_entered_twice_ends_with_the_outer_block(kind: str) -> None:
    nothing, block = seen(), BLOCKS[kind]()
    with block:
        with block:
            pass
        inside = seen()
    assert inside != nothing
    assert seen() == nothing


@pytest.mark.parametrize("kind", BLOCKS)
def test_an_object_may_be_in_use_in_two_tasks(kind: str) -> None:
    nothing, block = seen(), BLOCKS[kind]()
    after: list[Any] = []

    async def first(begun: asyncio.Event, other: asyncio.Event) -> None:
        with block:
            begun.set()
            await other.wait()
        after.append(seen())

    async def second(other: asyncio.Event, begun: asyncio.Event) -> None:
        await other.wait()
        with block:
            begun.set()
        after.append(seen())

    async def both() -> None:
        one, two = asyncio.Event(), asyncio.Event()
        await asyncio.gather(first(one, two), second(one, two))

    asyncio.run(both())
    assert after == [nothing, nothing]


def test_an_object_may_be_in_use_in_two_threads() -> None:
    block, barrier = SetEnqueueOptions(priority=7), threading.Barrier(2, timeout=30)
    priorities: list[Any] = []

    def use() -> None:
        with block:
            barrier.wait()
            inside = seen()[2]
            barrier.wait()
        priorities.append((inside, seen()[2]))

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert priorities == [(7, 0), (7, 0)]


def test_a_block_may_end_in_another_context_than_it_began_in() -> None:
    """As where a framework runs the two halves of a generator in two threads."""
    nothing, block = seen(), SetEnqueueOptions(priority=7)
    contextvars.copy_context().run(block.__enter__)
    block.__exit__(None, None, None)
    assert seen() == nothing


def test_an_id_is_given_once_for_each_block() -> None:
    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.workflow_id

    block = SetWorkflowID("given")
    with block:
        ids = [workflow(), workflow()]
    assert ids[0] == "given" != ids[1]
    with block:
        assert workflow() == "given"
