"""Steps and coroutines: ``should_retry`` and inline steps, in each form that gives an awaitable.

An error of ``should_retry`` itself is what the step fails with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, SetWorkflowID
from dbos.error import DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Whether a step is tried again does not depend on the database."""
    return f"sqlite:///{tmp_path / 'system.sqlite'}"


def test_its_own_error_is_what_the_step_fails_with_also_in_the_replay(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[str] = []

    def should_retry(error: Exception) -> bool:
        raise KeyError("no answer")

    @DBOS.step(retries_allowed=True, interval_seconds=0, should_retry=should_retry)
    def step() -> None:
        ran.append("step")
        raise ValueError("failed")

    @DBOS.workflow()
    def workflow() -> str:
        try:
            step()
        except Exception as error:
            return type(error).__name__
        return "nothing"

    with SetWorkflowID("w"):
        assert workflow() == "KeyError"
    tables.force_status("w", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["KeyError"]
    assert ran == ["step"]
    assert [step["function_id"] for step in DBOS.list_workflow_steps("w")] == [1]


def test_a_coroutine_step_awaits_its_answer() -> None:
    asked: list[str] = []
    ran: list[int] = []

    async def should_retry(error: Exception) -> bool:
        await asyncio.sleep(0)
        asked.append(str(error))
        return len(asked) < 2

    @DBOS.step(retries_allowed=True, interval_seconds=0, max_attempts=9, should_retry=should_retry)
    async def step() -> None:
        ran.append(len(ran))
        raise ValueError(f"failed {len(ran)}")

    @DBOS.workflow()
    async def workflow() -> None:
        await step()

    with pytest.raises(ValueError, match="failed 2"):
        asyncio.run(workflow())
    assert asked == ["failed 1", "failed 2"]
    assert len(ran) == 2


def test_a_plain_step_cannot_await_its_answer() -> None:
    async def should_retry(error: Exception) -> bool:
        return True

    @DBOS.step(retries_allowed=True, interval_seconds=0, should_retry=should_retry)
    def step() -> None:
        raise ValueError("failed")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with pytest.raises(DBOSException, match="coroutine"):
        workflow()


def test_an_option_that_does_not_exist_is_refused_by_its_name() -> None:
    options: Any = {"retries": 3}
    with pytest.raises(DBOSException, match=r"'retries'.*retries_allowed"):
        DBOS.run_step(options, lambda: 1)


class Awaiting:
    """An object whose call is a coroutine."""

    async def __call__(self, number: int) -> int:
        return await plus_one(number)


async def plus_one(number: int) -> int:
    """One more, after giving others a turn."""
    await asyncio.sleep(0)
    return number + 1


FORMS: dict[str, Callable[[int], Any]] = {
    "coroutine function": plus_one,
    "lambda": lambda number: plus_one(number),
    "object": Awaiting(),
    "plain function": lambda number: number + 1,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("timeout_seconds", [None, 30.0])
def test_whatever_gives_a_coroutine_may_be_an_inline_step(
    form: str, timeout_seconds: float | None
) -> None:
    @DBOS.workflow()
    async def workflow() -> Any:
        options: Any = {"name": "inline", "timeout_seconds": timeout_seconds}
        return await DBOS.run_step_async(options, FORMS[form], 1)

    with SetWorkflowID("w"):
        assert asyncio.run(workflow()) == 2
    assert [step["output"] for step in DBOS.list_workflow_steps("w")] == [2]
    assert asyncio.run(DBOS.run_step_async(None, FORMS[form], 1)) == 2
