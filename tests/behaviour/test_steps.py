"""Steps: recorded once, retried when allowed, and what may not happen inside one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.error import DBOSException, DBOSMaxStepRetriesExceeded
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


class Flaky(Exception):
    """A transient error of the program under test."""


def names_of(workflow_id: str) -> list[str]:
    """The recorded step names of a workflow, in order."""
    return [step["function_name"] for step in DBOS.list_workflow_steps(workflow_id)]


# What must not be called in a step, with the words that its error may name the rule by.
FORBIDDEN: dict[str, Callable[[Any, Any], Any]] = {
    "workflow": lambda workflow, _queue: workflow(),
    "start": lambda workflow, _queue: DBOS.start_workflow(workflow),
    "enqueue": lambda workflow, queue: queue.enqueue(workflow),
    "recv": lambda _workflow, _queue: DBOS.recv("topic", timeout_seconds=0),
    "sleep": lambda _workflow, _queue: DBOS.sleep(0.01),
}


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_what_only_workflows_may_do_is_refused_in_a_step(what: str) -> None:
    queue = Queue("forbidden")

    @DBOS.workflow()
    def inner() -> str:
        return "inner"

    @DBOS.step()
    def step() -> None:
        FORBIDDEN[what](inner, queue)

    @DBOS.workflow()
    def outer() -> None:
        step()

    with SetWorkflowID("outer"), pytest.raises(DBOSException, match=r"(?i)step"):
        outer()
    assert [status.workflow_id for status in DBOS.list_workflows()] == ["outer"]


def test_a_step_that_completed_is_never_executed_again(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[str] = []

    @DBOS.step()
    def first() -> str:
        ran.append("first")
        return "one"

    @DBOS.step()
    def second(given: str) -> str:
        ran.append("second")
        return given + " two"

    @DBOS.workflow()
    def workflow() -> str:
        return second(first())

    with SetWorkflowID("replayed"):
        assert workflow() == "one two"
    tables.force_status("replayed", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["one two"]
    assert ran == ["first", "second"]


def test_a_step_cut_short_runs_again(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[int] = []

    @DBOS.step()
    def step(number: int) -> int:
        ran.append(number)
        return number

    @DBOS.workflow()
    def workflow() -> list[int]:
        return [step(number) for number in range(3)]

    with SetWorkflowID("cut"):
        workflow()
    tables.force_status("cut", "PENDING")
    tables.forget_steps("cut", after=1)
    assert [handle.get_result() for handle in recover()] == [[0, 1, 2]]
    assert ran == [0, 1, 2, 1, 2]


def test_the_failure_of_a_step_is_replayed_as_its_class(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[str] = []

    @DBOS.step()
    def step() -> None:
        ran.append("step")
        raise Flaky("once only")

    @DBOS.workflow()
    def workflow() -> str:
        try:
            step()
        except Flaky as flaky:
            return f"caught {flaky}"
        return "unreachable"

    with SetWorkflowID("caught"):
        assert workflow() == "caught once only"
    tables.force_status("caught", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["caught once only"]
    assert ran == ["step"]
    step_info = DBOS.list_workflow_steps("caught")[0]
    assert step_info["output"] is None
    assert isinstance(step_info["error"], Flaky)


def test_a_step_outside_a_workflow_is_a_plain_call(tables: SystemTables) -> None:
    @DBOS.step(retries_allowed=True, max_attempts=3, interval_seconds=0.01)
    def step(value: int) -> int:
        assert DBOS.workflow_id is None
        return value + 1

    assert step(1) == 2
    assert tables.count("workflow_status") == 0
    assert tables.count("operation_outputs") == 0


def test_a_step_in_a_step_is_part_of_the_outer_one() -> None:
    @DBOS.step()
    def inner() -> str:
        return "inner"

    @DBOS.step()
    def outer() -> str:
        return inner() + " in outer"

    @DBOS.workflow()
    def workflow() -> str:
        return outer() + ", " + inner()

    with SetWorkflowID("nested"):
        assert workflow() == "inner in outer, inner"
    assert names_of("nested") == [outer.__qualname__, inner.__qualname__]


def test_a_step_has_the_id_of_its_workflow_and_its_number() -> None:
    @DBOS.step()
    def step() -> tuple[str | None, int | None]:
        return (DBOS.workflow_id, DBOS.step_id)

    @DBOS.workflow()
    def workflow() -> list[tuple[str | None, int | None]]:
        return [step(), step()]

    with SetWorkflowID("numbered"):
        assert workflow() == [("numbered", 1), ("numbered", 2)]
    assert DBOS.step_id is None


def test_a_custom_name_is_recorded() -> None:
    @DBOS.step(name="charge the card")
    def step() -> None:
        return None

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("named"):
        workflow()
    assert names_of("named") == ["charge the card"]


def test_a_step_is_not_retried_unless_allowed() -> None:
    ran: list[str] = []

    @DBOS.step(max_attempts=5)
    def step() -> None:
        ran.append("step")
        raise Flaky("no retry")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with pytest.raises(Flaky, match="no retry"):
        workflow()
    assert ran == ["step"]


def test_a_step_is_retried_until_it_succeeds() -> None:
    ran: list[int] = []

    @DBOS.step(retries_allowed=True, max_attempts=5, interval_seconds=0.001)
    def step() -> int:
        ran.append(len(ran))
        if len(ran) < 4:
            raise Flaky(str(len(ran)))
        return len(ran)

    @DBOS.workflow()
    def workflow() -> int:
        return step()

    with SetWorkflowID("retried"):
        assert workflow() == 4
    assert ran == [0, 1, 2, 3]
    assert names_of("retried") == [step.__qualname__]


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_exhausted_retries_raise_an_error_with_every_cause(attempts: int) -> None:
    ran: list[int] = []

    @DBOS.step(retries_allowed=True, max_attempts=attempts, interval_seconds=0.001)
    def step() -> None:
        ran.append(len(ran))
        raise Flaky(f"attempt {len(ran)}")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with (
        SetWorkflowID("exhausted"),
        pytest.raises(DBOSMaxStepRetriesExceeded, match=str(attempts)) as raised,
    ):
        workflow()
    assert len(ran) == attempts
    assert [str(error) for error in raised.value.errors] == [
        f"attempt {number + 1}" for number in range(attempts)
    ]
    assert all(isinstance(error, Flaky) for error in raised.value.errors)


def test_exhausted_retries_are_replayed_with_their_causes(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    ran: list[str] = []

    @DBOS.step(retries_allowed=True, max_attempts=2, interval_seconds=0.001)
    def step() -> None:
        ran.append("step")
        raise Flaky("again")

    @DBOS.workflow()
    def workflow() -> list[str]:
        try:
            step()
        except DBOSMaxStepRetriesExceeded as exceeded:
            return [f"{type(error).__name__}: {error}" for error in exceeded.errors]
        return []

    with SetWorkflowID("exhausted"):
        assert workflow() == ["Flaky: again"] * 2
    tables.force_status("exhausted", "PENDING")
    assert [handle.get_result() for handle in recover()] == [["Flaky: again"] * 2]
    assert ran == ["step", "step"]


def test_retries_stop_at_an_error_that_should_not_be_retried() -> None:
    ran: list[str] = []

    @DBOS.step(
        retries_allowed=True,
        max_attempts=10,
        interval_seconds=0.001,
        should_retry=lambda error: isinstance(error, Flaky),
    )
    def step() -> None:
        ran.append("step")
        if len(ran) == 3:
            raise ValueError("permanent")
        raise Flaky("transient")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with pytest.raises(ValueError, match="permanent"):
        workflow()
    assert len(ran) == 3


def test_a_step_knows_which_attempt_it_is() -> None:
    seen: list[tuple[int | None, int | None]] = []

    @DBOS.step(retries_allowed=True, max_attempts=3, interval_seconds=0.001)
    def step() -> int:
        status = DBOS.step_status
        assert status is not None
        seen.append((status.current_attempt, status.max_attempts))
        if len(seen) < 3:
            raise Flaky("not yet")
        return status.step_id

    @DBOS.workflow()
    def workflow() -> int:
        return step()

    assert workflow() == 1
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_a_step_without_retries_has_no_attempts() -> None:
    @DBOS.step()
    def step() -> tuple[int, int | None, int | None]:
        status = DBOS.step_status
        assert status is not None
        return (status.step_id, status.current_attempt, status.max_attempts)

    @DBOS.workflow()
    def workflow() -> tuple[int, int | None, int | None]:
        return step()

    assert workflow() == (1, None, None)


def test_any_callable_runs_as_a_step() -> None:
    ran: list[int] = []

    def double(value: int) -> int:
        ran.append(value)
        return value * 2

    @DBOS.workflow()
    def workflow() -> list[int]:
        return [
            DBOS.run_step(None, double, 1),
            DBOS.run_step({"name": "doubling"}, double, 2),
            DBOS.run_step({"name": "a lambda"}, lambda: 6),
        ]

    for _ in range(2):
        with SetWorkflowID("inline"):
            assert workflow() == [2, 4, 6]
    assert ran == [1, 2]
    assert names_of("inline") == [double.__qualname__, "doubling", "a lambda"]


def test_an_inline_step_is_retried_too() -> None:
    ran: list[str] = []

    def flaky() -> str:
        ran.append("ran")
        if len(ran) < 3:
            raise Flaky("not yet")
        return "ok"

    @DBOS.workflow()
    def workflow() -> str:
        return DBOS.run_step(
            {"retries_allowed": True, "max_attempts": 3, "interval_seconds": 0.001}, flaky
        )

    assert workflow() == "ok"
    assert len(ran) == 3


def test_an_inline_step_outside_a_workflow_is_a_plain_call() -> None:
    assert DBOS.run_step({"name": "outside"}, lambda value: value + 1, 1) == 2


def test_steps_record_when_they_ran() -> None:
    @DBOS.step()
    def step() -> str:
        return "done"

    @DBOS.workflow()
    def workflow() -> None:
        step()

    with SetWorkflowID("timed"):
        workflow()
    info = DBOS.list_workflow_steps("timed")[0]
    assert info["function_id"] == 1
    assert info["output"] == "done"
    assert info["error"] is None
    assert info["child_workflow_id"] is None
    assert info["started_at_epoch_ms"] is not None
    assert info["completed_at_epoch_ms"] is not None
    assert info["started_at_epoch_ms"] <= info["completed_at_epoch_ms"]


def test_a_step_keeps_its_signature() -> None:
    @DBOS.step()
    def documented(value: int) -> int:
        """What it does."""
        return value

    assert documented.__name__ == "documented"
    assert documented.__doc__ == "What it does."


def test_a_step_may_be_started_as_a_workflow_of_its_own() -> None:
    @DBOS.step()
    def step(value: int) -> int:
        return value + 1

    handle = DBOS.start_workflow(step, 1)
    assert handle.get_result() == 2


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_the_end_of_a_process_in_a_step_is_not_a_failure_of_the_workflow(
    kind: type[BaseException], relaunch: Callable[..., None], recover: Callable[[], list[Any]]
) -> None:
    # A heartbeat would let the workflow go on.
    relaunch(heartbeat_seconds=3600.0, lease_seconds=7200.0)
    ran: list[str] = []

    @DBOS.step()
    def step() -> str:
        ran.append("step")
        if len(ran) == 1:
            raise kind("the process ends here")
        return "done"

    @DBOS.workflow()
    def workflow() -> str:
        return step()

    with SetWorkflowID("interrupted"), pytest.raises(kind):
        workflow()
    status = DBOS.get_workflow_status("interrupted")
    assert status is not None
    assert status.status == "PENDING"
    assert [handle.get_result() for handle in recover()] == ["done"]
