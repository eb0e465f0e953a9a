"""Calling workflows: identity, idempotency, children, and what a failure leaves behind."""

from __future__ import annotations

import inspect
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos.error import DBOSConflictingWorkflowError, DBOSException
from support.behaviour import SystemTables, in_thread

pytestmark = pytest.mark.usefixtures("launched")


class PaymentRefused(Exception):
    """An error of the program under test."""


def test_an_id_used_again_for_another_function_is_refused() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def charge(order: str) -> str:
        ran.append("charge")
        return f"charged {order}"

    @DBOS.workflow()
    def refund(order: str) -> str:
        ran.append("refund")
        return f"refunded {order}"

    with SetWorkflowID("order-1"):
        assert charge("a") == "charged a"
    with SetWorkflowID("order-1"), pytest.raises(DBOSConflictingWorkflowError, match="order-1"):
        refund("a")
    assert ran == ["charge"]
    with SetWorkflowID("order-1"):
        assert charge("a") == "charged a"
    status = DBOS.get_workflow_status("order-1")
    assert status is not None
    assert status.status == "SUCCESS"


def test_the_same_id_executes_once() -> None:
    ran: list[int] = []

    @DBOS.workflow()
    def workflow(value: int) -> int:
        ran.append(value)
        return value * 2

    for _ in range(3):
        with SetWorkflowID("once"):
            assert workflow(21) == 42
    assert ran == [21]


def test_the_same_id_with_other_arguments_returns_the_recorded_result() -> None:
    @DBOS.workflow()
    def workflow(value: int) -> int:
        return value * 2

    with SetWorkflowID("first-wins"):
        assert workflow(1) == 2
    with SetWorkflowID("first-wins"):
        assert workflow(100) == 2


def test_the_same_id_from_many_threads_at_once_executes_once() -> None:
    ran: list[str] = []
    results: list[str] = []
    barrier = threading.Barrier(8)

    @DBOS.step()
    def effect() -> str:
        ran.append("effect")
        return "done"

    @DBOS.workflow()
    def workflow() -> str:
        return effect()

    def call() -> None:
        barrier.wait()
        with SetWorkflowID("contended"):
            results.append(workflow())

    threads = [in_thread(call) for _ in range(8)]
    for thread in threads:
        thread.join(timeout=30)
    assert results == ["done"] * 8
    assert ran == ["effect"]


def test_a_failure_is_recorded_and_raised_again_without_running() -> None:
    ran: list[str] = []

    @DBOS.workflow()
    def workflow(order: str) -> None:
        ran.append(order)
        raise PaymentRefused(f"card of {order} expired")

    for _ in range(2):
        with SetWorkflowID("fails"), pytest.raises(PaymentRefused, match="card of a expired"):
            workflow("a")
    assert ran == ["a"]
    status = DBOS.get_workflow_status("fails")
    assert status is not None
    assert status.status == "ERROR"
    assert status.output is None


def test_a_workflow_is_the_function_that_was_decorated() -> None:
    @DBOS.workflow()
    def documented(first: int, *, second: str = "x") -> str:
        """What it does."""
        return f"{first}{second}"

    assert documented.__name__ == "documented"
    assert documented.__doc__ == "What it does."
    assert list(inspect.signature(documented).parameters) == ["first", "second"]


@pytest.mark.parametrize(
    ("positional", "named", "expected"),
    [
        ((1,), {}, (1, "default", (), {})),
        ((1, "b"), {}, (1, "b", (), {})),
        ((), {"first": 1, "second": "b"}, (1, "b", (), {})),
        ((1, "b", 3, 4), {"extra": None}, (1, "b", (3, 4), {"extra": None})),
    ],
)
def test_arguments_arrive_as_given(
    positional: tuple[Any, ...], named: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    @DBOS.workflow()
    def workflow(first: int, second: str = "default", *more: Any, **others: Any) -> tuple[Any, ...]:
        return (first, second, more, others)

    call: Any = workflow
    assert call(*positional, **named) == expected


def test_wrong_arguments_leave_no_running_workflow() -> None:
    @DBOS.workflow()
    def workflow(value: int) -> int:
        return value

    call: Any = workflow
    with pytest.raises(TypeError):
        call(1, 2, 3)
    assert DBOS.list_workflows(status="PENDING") == []


def test_every_execution_has_a_uuid_of_its_own() -> None:
    @DBOS.workflow()
    def workflow() -> str:
        assert DBOS.workflow_id is not None
        return DBOS.workflow_id

    first, second = workflow(), workflow()
    assert first != second
    assert str(uuid.UUID(first)) == first
    assert DBOS.workflow_id is None


def test_an_assigned_id_belongs_to_one_workflow_only() -> None:
    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.workflow_id

    with SetWorkflowID("assigned"):
        assert workflow() == "assigned"
        assert workflow() != "assigned"
    assert workflow() != "assigned"


def test_a_child_takes_its_id_from_parent_and_position() -> None:
    @DBOS.step()
    def step() -> None:
        return None

    @DBOS.workflow()
    def child() -> str | None:
        return DBOS.workflow_id

    @DBOS.workflow()
    def parent() -> list[str | None]:
        first = child()
        step()
        return [first, child()]

    with SetWorkflowID("family"):
        first, second = parent()
    assert first == "family-1"
    assert second is not None
    assert second.startswith("family-")
    assert second != first
    status = DBOS.get_workflow_status("family-1")
    assert status is not None
    assert status.parent_workflow_id == "family"


def test_a_child_may_be_given_an_id() -> None:
    @DBOS.workflow()
    def child() -> str | None:
        return DBOS.workflow_id

    @DBOS.workflow()
    def parent() -> tuple[str | None, str | None, str | None]:
        with SetWorkflowID("chosen"):
            inside = child()
        return (inside, child(), DBOS.workflow_id)

    with SetWorkflowID("chooser"):
        assert parent() == ("chosen", "chooser-3", "chooser")


def test_a_parent_may_handle_the_failure_of_its_child() -> None:
    @DBOS.workflow()
    def child() -> None:
        raise PaymentRefused("no funds")

    @DBOS.workflow()
    def parent() -> str:
        try:
            child()
        except PaymentRefused as refusal:
            return f"handled {refusal}"
        return "unreachable"

    with SetWorkflowID("careful"):
        assert parent() == "handled no funds"
    child_status = DBOS.get_workflow_status("careful-1")
    assert child_status is not None
    assert child_status.status == "ERROR"


def test_the_unhandled_failure_of_a_child_fails_the_parent_with_the_same_class() -> None:
    @DBOS.workflow()
    def child() -> None:
        raise PaymentRefused("no funds")

    @DBOS.workflow()
    def parent() -> None:
        child()

    with SetWorkflowID("careless"), pytest.raises(PaymentRefused, match="no funds"):
        parent()
    status = DBOS.get_workflow_status("careless")
    assert status is not None
    assert status.status == "ERROR"


def test_grandchildren_nest() -> None:
    @DBOS.workflow()
    def count_down(depth: int) -> list[str | None]:
        deeper: list[str | None] = count_down(depth - 1) if depth else []
        return [DBOS.workflow_id, *deeper]

    with SetWorkflowID("g"):
        assert count_down(3) == ["g", "g-1", "g-1-1", "g-1-1-1"]


def test_a_custom_name_is_the_recorded_name() -> None:
    @DBOS.workflow(name="billing.charge")
    def anything() -> str:
        return "charged"

    with SetWorkflowID("named"):
        assert anything() == "charged"
    status = DBOS.get_workflow_status("named")
    assert status is not None
    assert status.name == "billing.charge"


def test_the_default_name_is_the_qualified_name() -> None:
    @DBOS.workflow()
    def anything() -> None:
        return None

    with SetWorkflowID("unnamed"):
        anything()
    status = DBOS.get_workflow_status("unnamed")
    assert status is not None
    assert status.name == anything.__qualname__


def test_a_function_may_be_defined_again() -> None:
    def define(result: str) -> Callable[[], str]:
        @DBOS.workflow(name="redefined")
        def workflow() -> str:
            return result

        return workflow

    define("first")
    assert define("second")() == "second"


def test_a_workflow_without_a_result_returns_none() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetWorkflowID("nothing"):
        assert workflow() is None
    status = DBOS.get_workflow_status("nothing")
    assert status is not None
    assert (status.status, status.output, status.error) == ("SUCCESS", None, None)


def test_the_status_describes_the_execution() -> None:
    @DBOS.workflow()
    def workflow(first: int, *, second: str) -> str:
        return f"{first}-{second}"

    with SetWorkflowID("described"):
        workflow(1, second="b")
    status = DBOS.get_workflow_status("described")
    assert status is not None
    assert status.workflow_id == "described"
    assert status.input == {"args": (1,), "kwargs": {"second": "b"}}
    assert status.output == "1-b"
    assert status.executor_id == "local"
    assert status.app_version == DBOS.application_version
    assert status.recovery_attempts == 1
    assert status.queue_name is None
    assert status.class_name is None
    assert status.parent_workflow_id is None
    assert status.created_at is not None
    assert status.updated_at is not None
    assert status.completed_at is not None
    assert status.created_at <= status.completed_at <= status.updated_at + 1000


def test_the_status_of_a_missing_workflow_is_none() -> None:
    assert DBOS.get_workflow_status("no such workflow") is None


def test_results_of_a_workflow_with_a_hundred_steps_are_complete() -> None:
    @DBOS.step()
    def square(number: int) -> int:
        return number * number

    @DBOS.workflow()
    def workflow() -> int:
        return sum(square(number) for number in range(100))

    with SetWorkflowID("long"):
        assert workflow() == 328350
    assert [step["function_id"] for step in DBOS.list_workflow_steps("long")] == list(range(1, 101))


def test_calling_before_launch_is_an_error_that_says_so(unlaunched: DBOSConfig) -> None:
    DBOS.destroy(destroy_registry=True)
    DBOS(config=unlaunched)

    @DBOS.workflow()
    def workflow() -> None:
        return None

    with pytest.raises(DBOSException, match="launch"):
        workflow()


@pytest.mark.parametrize("value", ["", "   ", None])
def test_an_id_must_not_be_empty(value: str | None, tables: SystemTables) -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    assign: Any = SetWorkflowID
    with pytest.raises(DBOSException, match=r"(?i)workflow id"), assign(value):
        workflow()
    assert tables.count("workflow_status") == 0


def test_an_undecorated_function_cannot_be_started() -> None:
    def plain() -> None:
        return None

    with pytest.raises(DBOSException, match="plain"):
        DBOS.start_workflow(plain)


def test_a_function_that_was_registered_by_a_call_can_be_started_by_itself() -> None:
    ran: list[str | None] = []

    def remind(name: str) -> str:
        ran.append(DBOS.workflow_id)
        return f"reminded {name}"

    DBOS.workflow()(remind)

    with SetWorkflowID("reminder-1"):
        assert DBOS.start_workflow(remind, "a").get_result() == "reminded a"
    assert remind("b") == "reminded b"
    assert ran == ["reminder-1", None]
    assert [each.workflow_id for each in DBOS.list_workflows()] == ["reminder-1"]


def test_a_step_made_of_a_function_is_not_taken_for_its_workflow() -> None:
    def measure(value: int) -> int:
        return value

    step = DBOS.step()(measure)
    workflow = DBOS.workflow()(step)
    with SetWorkflowID("measured"):
        assert DBOS.start_workflow(workflow, 3).get_result() == 3
    with pytest.raises(DBOSException, match="measure"):
        DBOS.start_workflow(measure, 3)
