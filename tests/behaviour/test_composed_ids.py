"""Ids that are put together from other ids: two different things never get the same one."""

from __future__ import annotations

from typing import Any

import pytest

from dbos import DBOS, Debouncer, SendMessage, SetWorkflowID

pytestmark = pytest.mark.usefixtures("launched")


def start_receiver(workflow_id: str, messages: int) -> Any:
    """A workflow that answers its first messages, sorted."""

    @DBOS.workflow(name=f"receiver {workflow_id}")
    def receiver() -> list[str]:
        return sorted(str(DBOS.recv(timeout_seconds=20)) for _ in range(messages))

    with SetWorkflowID(workflow_id):
        return DBOS.start_workflow(receiver)


def test_messages_of_a_child_and_many_of_its_parent_all_arrive() -> None:
    @DBOS.workflow()
    def child() -> None:
        DBOS.send("receiver", "of the child")

    @DBOS.workflow()
    def parent() -> None:
        for _ in range(2):
            DBOS.recv("nothing", timeout_seconds=0)
        # Its number is 5, as that of what waits may take two; its place is the third.
        assert DBOS.start_workflow(child).workflow_id == "parent-5"
        DBOS.get_result("parent-5")
        DBOS.send_bulk([SendMessage("receiver", f"{place} of the parent") for place in range(2)])

    handle = start_receiver("receiver", 3)
    with SetWorkflowID("parent"):
        parent()
    assert handle.get_result() == ["0 of the parent", "1 of the parent", "of the child"]


@pytest.mark.parametrize(
    ("first", "second"),
    [(("a::b", "c"), ("a", "b::c")), (("a:", "b"), ("a", ":b")), (("a%3A", "b"), ("a:", "b"))],
    ids=repr,
)
def test_messages_under_keys_arrive_whatever_the_ids_hold(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    handles = [start_receiver(receiver, 1) for receiver, _ in (first, second)]
    for receiver, key in (first, second):
        for _ in range(2):
            DBOS.send(receiver, f"to {receiver}", idempotency_key=key)
    assert [handle.get_result() for handle in handles] == [
        [f"to {receiver}"] for receiver, _ in (first, second)
    ]


def test_a_message_of_a_workflow_and_one_under_a_key_both_arrive() -> None:
    @DBOS.workflow()
    def sender() -> None:
        DBOS.send("receiver", "of the workflow")

    handle = start_receiver("receiver", 2)
    DBOS.send("receiver", "of plain code", idempotency_key="sender-1")
    with SetWorkflowID("receiver::sender"):
        sender()
    assert handle.get_result() == ["of plain code", "of the workflow"]


def test_a_message_to_a_fork_and_one_under_its_key_both_arrive() -> None:
    @DBOS.workflow()
    def receiver() -> list[str]:
        return sorted(str(DBOS.recv(timeout_seconds=20)) for _ in range(2))

    with SetWorkflowID("first"):
        first = DBOS.start_workflow(receiver)
    with SetWorkflowID("fork"):
        fork = DBOS.fork_workflow("first", 1)
    DBOS.send("first", "for all", idempotency_key="key", send_to_forks=True)
    DBOS.send("first", "for one", idempotency_key="key::fork")
    DBOS.send("fork", "for the fork", idempotency_key="first::key")
    assert first.get_result() == ["for all", "for one"]
    assert fork.get_result() == ["for all", "for the fork"]


def test_debounced_workflows_whose_names_and_keys_join_alike_are_apart() -> None:
    @DBOS.workflow(name="a-b")
    def first(text: str) -> str:
        return f"first: {text}"

    @DBOS.workflow(name="a")
    def second(text: str) -> str:
        return f"second: {text}"

    handles = [
        Debouncer.create(first).debounce("c", 0.2, "x"),
        Debouncer.create(second).debounce("b-c", 0.2, "y"),
    ]
    assert [handle.get_result() for handle in handles] == ["first: x", "second: y"]
