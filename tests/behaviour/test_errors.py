"""Errors: the documented classes, what they derive from, and that their words name the culprit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID, error

ORDINARY = [
    "DBOSInitializationError",
    "DBOSWorkflowFunctionNotFoundError",
    "DBOSNonExistentWorkflowError",
    "DBOSRecoveryError",
    "DBOSMaxStepRetriesExceeded",
    "DBOSNotAuthorizedError",
    "DBOSConflictingWorkflowError",
    "DBOSUnexpectedStepError",
    "DBOSQueueDeduplicatedError",
    "DBOSAwaitedWorkflowCancelledError",
    "DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded",
    "DBOSConflictingRegistrationError",
    "MaxRecoveryAttemptsExceededError",
]
# A bare `except Exception` in a workflow must not swallow these.
UNSTOPPABLE = ["DBOSWorkflowCancelledError", "DBOSWorkflowConflictIDError"]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_errors_have_one_root(name: str) -> None:
    kind = getattr(error, name)
    assert issubclass(kind, error.DBOSException)
    assert issubclass(kind, Exception)


@pytest.mark.parametrize("name", UNSTOPPABLE)
def test_what_ends_a_workflow_is_no_ordinary_exception(name: str) -> None:
    kind = getattr(error, name)
    assert issubclass(kind, error.DBOSBaseException)
    assert not issubclass(kind, Exception)


def no_such_workflow() -> None:
    """A workflow that nobody started."""
    DBOS.retrieve_workflow("missing-id")


def no_such_function() -> None:
    """A function that was never registered."""
    start: Any = DBOS.start_workflow
    start(print, "x")


def same_id_for_another_function() -> None:
    """An id that belongs to another workflow."""

    @DBOS.workflow()
    def first() -> None:
        return None

    @DBOS.workflow()
    def second() -> None:
        return None

    for function in (first, second):
        with SetWorkflowID("shared-id"):
            function()


def held_deduplication_id() -> None:
    """A deduplication id that is held."""
    queue = Queue("dedup-queue")

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.recv(timeout_seconds=5)

    with SetEnqueueOptions(deduplication_id="dedup-id", delay_seconds=600):
        queue.enqueue(workflow)
        queue.enqueue(workflow)


def retries_exhausted() -> None:
    """A step that never succeeds."""

    @DBOS.step(name="the-step", retries_allowed=True, max_attempts=2, interval_seconds=0.001)
    def step() -> None:
        raise ValueError("why")

    @DBOS.workflow()
    def workflow() -> None:
        step()

    workflow()


CASES: list[tuple[Callable[[], None], str, int, str]] = [
    (no_such_workflow, "DBOSNonExistentWorkflowError", 5, "missing-id"),
    (no_such_function, "DBOSWorkflowFunctionNotFoundError", 4, "print"),
    (same_id_for_another_function, "DBOSConflictingWorkflowError", 9, "shared-id"),
    (held_deduplication_id, "DBOSQueueDeduplicatedError", 12, "dedup-id"),
    (retries_exhausted, "DBOSMaxStepRetriesExceeded", 7, "the-step"),
]


@pytest.mark.usefixtures("launched")
@pytest.mark.parametrize(
    ("act", "name", "code", "culprit"), CASES, ids=[act.__name__ for act, *_ in CASES]
)
def test_an_error_says_what_and_to_whom(
    act: Callable[[], None], name: str, code: int, culprit: str
) -> None:
    with pytest.raises(getattr(error, name)) as raised:
        act()
    assert culprit in str(raised.value)
    assert culprit in raised.value.message
    assert raised.value.dbos_error_code == code
    assert "\n" not in str(raised.value).strip()


@pytest.mark.usefixtures("launched")
def test_a_cancelled_workflow_cannot_be_held_up_by_except_exception() -> None:
    swallowed: list[str] = []

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.cancel_workflow(DBOS.workflow_id or "")
        for _ in range(3):
            try:
                DBOS.set_event("still", "here")
            except Exception as caught:
                swallowed.append(type(caught).__name__)
        swallowed.append("ran to its end")

    with SetWorkflowID("w"), pytest.raises(BaseException, match="w"):
        workflow()
    assert swallowed == []
    status = DBOS.get_workflow_status("w")
    assert status is not None
    assert status.status == "CANCELLED"


def test_an_error_knows_the_status_that_fits_it() -> None:
    assert error.DBOSNotAuthorizedError("no").status_code == 403
    assert error.DBOSNonExistentWorkflowError("id").status_code is None
