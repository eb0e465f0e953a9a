"""What a fork takes along, and what reaches it: streams, messages and replaced children."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SendMessage, SetWorkflowID
from dbos.error import DBOSConflictingWorkflowError, DBOSNonExistentWorkflowError
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")


def forked(workflow_id: str, new_id: str, start_step: int = 1) -> Any:
    """The handle of a fork with this id."""
    with SetWorkflowID(new_id):
        return DBOS.fork_workflow(workflow_id, start_step)


def test_a_fork_has_what_its_copied_steps_wrote_to_streams() -> None:
    @DBOS.step()
    def step() -> None:
        DBOS.write_stream("key", "from the step")

    @DBOS.workflow()
    def workflow() -> None:
        DBOS.write_stream("key", "first")
        step()
        DBOS.write_stream("key", "last")

    with SetWorkflowID("original"):
        workflow()
    forked("original", "copy", start_step=3).get_result()
    assert list(DBOS.read_stream("copy", "key")) == ["first", "from the step", "last"]
    assert list(DBOS.read_stream("original", "key")) == ["first", "from the step", "last"]


def test_a_fork_may_hand_on_its_own_id() -> None:
    charged: list[str | None] = []

    @DBOS.step()
    def charge(idempotency_key: str | None) -> str | None:
        charged.append(idempotency_key)
        return idempotency_key

    @DBOS.step()
    def ship() -> str:
        return "shipped"

    @DBOS.workflow()
    def workflow() -> list[str | None]:
        DBOS.send("original", DBOS.workflow_id, "own ids")
        return [charge(DBOS.workflow_id), ship()]

    with SetWorkflowID("original"):
        assert workflow() == ["original", "shipped"]
    assert forked("original", "copy", start_step=3).get_result() == ["original", "shipped"]
    assert forked("copy", "of the copy", start_step=4).get_result() == ["original", "shipped"]
    assert charged == ["original"]


@pytest.mark.parametrize("bulk", [False, True])
def test_a_message_reaches_forks_and_their_forks_once(bulk: bool) -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        return [DBOS.recv("topic", timeout_seconds=wait) for wait in (10, 0)]

    with SetWorkflowID("original"):
        handles = [DBOS.start_workflow(receiver)]
    handles += [forked("original", "one"), forked("original", "two"), forked("one", "of one")]
    for _ in range(2):
        if bulk:
            message = SendMessage("original", "hello", "topic", idempotency_key="key")
            DBOS.send_bulk([message], send_to_forks=True)
        else:
            DBOS.send("original", "hello", "topic", idempotency_key="key", send_to_forks=True)
    assert [handle.get_result() for handle in handles] == [["hello", None]] * 4


def test_a_message_to_a_fork_does_not_reach_the_original() -> None:
    @DBOS.workflow()
    def receiver(wait: float) -> Any:
        return DBOS.recv("topic", timeout_seconds=wait)

    with SetWorkflowID("original"):
        assert receiver(0) is None
    handle = forked("original", "copy")
    handle.get_result()
    DBOS.send("copy", "hello", "topic", send_to_forks=True)
    assert forked("original", "later").get_result() is None


def test_sending_to_the_forks_of_nobody_is_refused() -> None:
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        DBOS.send("nobody", "hello", send_to_forks=True)


@pytest.mark.parametrize("start_step", [2, 3, 5])
def test_another_workflow_stands_for_a_child(start_step: int) -> None:
    ran: list[int] = []

    @DBOS.workflow()
    def child(number: int) -> int:
        ran.append(number)
        return number

    @DBOS.workflow()
    def parent() -> list[Any]:
        first = DBOS.start_workflow(child, 1)
        result = first.get_result()
        second = DBOS.start_workflow(child, 2)
        return [first.workflow_id, result, second.get_result()]

    with SetWorkflowID("parent"):
        assert parent() == ["parent-1", 1, 2]
    with SetWorkflowID("other"):
        child(10)
    ran.clear()
    with SetWorkflowID("copy"):
        copy = DBOS.fork_workflow(
            "parent", start_step, replacement_children={"parent-1": "other", "not a child": "other"}
        )
    assert copy.get_result() == ["other", 10, 2]
    assert ran == ([] if start_step > 3 else [2])
    steps = [
        (step["function_id"], step["child_workflow_id"])
        for step in DBOS.list_workflow_steps("copy")
    ]
    second = "parent-3" if start_step > 3 else "copy-3"
    assert steps == [(1, "other"), (2, "other"), (3, second), (4, second)]
    assert DBOS.get_result("parent") == ["parent-1", 1, 2]


def test_a_replacement_may_still_be_awaited() -> None:
    @DBOS.workflow()
    def child() -> Any:
        DBOS.set_event("key", DBOS.workflow_id)
        return DBOS.recv("go", timeout_seconds=10)

    @DBOS.workflow()
    def parent() -> list[Any]:
        handle = DBOS.start_workflow(child)
        seen = DBOS.get_event(handle.workflow_id, "key")
        return [DBOS.wait_first([handle]).workflow_id, seen, handle.get_result()]

    with SetWorkflowID("parent"):
        original = DBOS.start_workflow(parent)
    assert DBOS.get_event("parent-1", "key") == "parent-1"
    DBOS.send("parent-1", "old", "go")
    assert original.get_result() == ["parent-1", "parent-1", "old"]
    with SetWorkflowID("other"):
        DBOS.start_workflow(child)
    copy = DBOS.fork_workflow("parent", 100, replacement_children={"parent-1": "other"})
    DBOS.send("other", "new", "go")
    assert copy.get_result() == ["other", "parent-1", "new"]


def test_nobody_cannot_stand_for_a_child() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        return None

    with SetWorkflowID("original"):
        workflow()
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        DBOS.fork_workflow("original", 1, replacement_children={"original-1": "nobody"})
    assert len(DBOS.list_workflows()) == 1


def test_a_fork_that_was_made_is_not_made_again() -> None:
    @DBOS.workflow()
    def workflow() -> str | None:
        return DBOS.workflow_id

    with SetWorkflowID("original"):
        workflow()
    assert [forked("original", "copy").get_result() for _ in range(2)] == ["copy", "copy"]
    assert len(DBOS.list_workflows(forked_from="original")) == 1


def test_a_fork_cannot_have_the_id_of_another_workflow() -> None:
    @DBOS.workflow()
    def workflow() -> None: ...

    for name in ("original", "other"):
        with SetWorkflowID(name):
            workflow()
    for taken in ("original", "other"):
        with pytest.raises(DBOSConflictingWorkflowError, match=f"'{taken}' is already taken"):
            forked("original", taken)
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        forked("nobody", "new")


def test_a_workflow_forks_once_though_the_record_of_it_is_lost(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def original() -> None: ...

    @DBOS.workflow()
    def forking() -> str:
        return DBOS.fork_workflow("original", 1).workflow_id

    with SetWorkflowID("original"):
        original()
    with SetWorkflowID("forking"):
        fork = forking()
    tables.force_status("forking", "PENDING")
    tables.forget_steps("forking")
    assert [handle.get_result() for handle in recover()] == [fork]
    assert len(DBOS.list_workflows(forked_from="original")) == 1
