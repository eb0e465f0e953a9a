"""``validate_args``: the arguments are checked and converted before the body runs, each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dbos import (
    DBOS,
    DBOSConfiguredInstance,
    Queue,
    SetWorkflowID,
    make_pydantic_args_validator,
    pydantic_args_validator,
)
from dbos.error import DBOSArgumentsError, DBOSException
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


def test_arguments_are_converted_by_the_annotations() -> None:
    queue = Queue("checked")

    @DBOS.workflow(validate_args=pydantic_args_validator)
    def workflow(number: int, *, text: str = "x") -> list[Any]:
        return [number, text]

    given: Any = "5"
    assert workflow(given) == [5, "x"]
    assert DBOS.start_workflow(workflow, given, text="y").get_result() == [5, "y"]
    assert queue.enqueue(workflow, given).get_result() == [5, "x"]


@pytest.mark.parametrize("started", ["started", "enqueued"])
def test_arguments_that_do_not_fit_fail_the_workflow(started: str) -> None:
    queue = Queue("checked")
    ran: list[int] = []

    @DBOS.workflow(validate_args=pydantic_args_validator)
    def workflow(number: int) -> None:
        ran.append(number)

    given: Any = "five"
    start = DBOS.start_workflow if started == "started" else queue.enqueue
    with SetWorkflowID("unfit"):
        handle = start(workflow, given)
    with pytest.raises(DBOSArgumentsError, match=r"number: .*integer"):
        handle.get_result()
    status = DBOS.get_workflow_status("unfit")
    assert status is not None
    assert status.status == "ERROR"
    assert ran == []


def test_a_check_of_ones_own_sees_what_is_stored_at_every_execution(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    seen: list[Any] = []

    def double(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        seen.append((args, kwargs))
        return tuple(number * 2 for number in args), kwargs

    @DBOS.workflow(validate_args=double)
    def workflow(number: int, *, more: int) -> int:
        return number + more

    with SetWorkflowID("doubled"):
        assert workflow(4, more=1) == 9
    tables.force_status("doubled", "PENDING")
    assert [handle.get_result() for handle in recover()] == [9]
    assert seen == [((4,), {"more": 1})] * 2


def test_methods_and_coroutines_are_checked_too() -> None:
    @DBOS.dbos_class()
    class Counter(DBOSConfiguredInstance):
        @DBOS.workflow(validate_args=pydantic_args_validator)
        def next(self, number: int) -> tuple[str, int]:
            return self.config_name, number + 1

        @classmethod
        @DBOS.workflow(validate_args=pydantic_args_validator)
        def first(cls, number: int) -> tuple[str, int]:
            return cls.__name__, number + 1

    @DBOS.workflow(validate_args=pydantic_args_validator)
    async def workflow(number: int) -> int:
        return number + 1

    given: Any = "1"
    assert Counter("one").next(given) == ("one", 2)
    assert Counter.first(given) == ("Counter", 2)
    assert asyncio.run(workflow(given)) == 2


def test_a_check_must_be_callable() -> None:
    wrong: Any = "pydantic"
    with pytest.raises(DBOSException, match="validate_args"):

        @DBOS.workflow(validate_args=wrong)
        def workflow() -> None:
            return None


def test_a_check_can_be_made_for_any_function() -> None:
    def function(number: int, /, *rest: float, text: str = "x", **more: bool) -> None:
        raise AssertionError("the check does not call it")

    validate = make_pydantic_args_validator(function)
    assert validate(("1", "2.5"), {"text": "y", "on": "yes"}) == (
        (1, 2.5),
        {"text": "y", "on": True},
    )
    with pytest.raises(DBOSArgumentsError, match="function"):
        validate((), {})
    assert pydantic_args_validator((1,), {}) == ((1,), {})
