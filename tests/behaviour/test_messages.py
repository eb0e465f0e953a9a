"""Messages: consumed once, in order, per topic; waiting is recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, SendMessage, SetWorkflowID
from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from support.behaviour import SystemTables

pytestmark = pytest.mark.usefixtures("launched")

Recover = Callable[..., list[Any]]


def test_a_message_to_nobody_is_refused() -> None:
    with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
        DBOS.send("nobody", "hello")


def test_a_message_to_nobody_is_refused_in_a_workflow_too() -> None:
    @DBOS.workflow()
    def workflow() -> str:
        try:
            DBOS.send("nobody", "hello")
        except DBOSNonExistentWorkflowError:
            return "refused"
        return "sent"

    assert workflow() == "refused"


def test_receiving_outside_a_workflow_is_refused() -> None:
    with pytest.raises(DBOSException, match=r"(?i)workflow"):
        DBOS.recv("topic", timeout_seconds=0)


def test_a_message_waits_for_its_receiver() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def receiver() -> Any:
        gate.wait(30)
        return DBOS.recv("topic", timeout_seconds=10)

    handle = DBOS.start_workflow(receiver)
    DBOS.send(handle.workflow_id, "early", "topic")
    gate.set()
    assert handle.get_result() == "early"


def test_a_receiver_waits_for_its_message() -> None:
    @DBOS.workflow()
    def receiver() -> Any:
        DBOS.set_event("ready", True)
        return DBOS.recv("topic", timeout_seconds=20)

    handle = DBOS.start_workflow(receiver)
    assert DBOS.get_event(handle.workflow_id, "ready") is True
    DBOS.send(handle.workflow_id, {"late": True}, topic="topic")
    assert handle.get_result() == {"late": True}


def test_messages_arrive_in_the_order_sent() -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        return [DBOS.recv("topic", timeout_seconds=10) for _ in range(10)]

    handle = DBOS.start_workflow(receiver)
    for number in range(10):
        DBOS.send(handle.workflow_id, number, "topic")
    assert handle.get_result() == list(range(10))


def test_topics_are_apart_from_each_other_and_from_none() -> None:
    gate = threading.Event()

    @DBOS.workflow()
    def receiver() -> list[Any]:
        gate.wait(30)
        return [
            DBOS.recv("b", timeout_seconds=5),
            DBOS.recv(timeout_seconds=5),
            DBOS.recv("a", timeout_seconds=5),
            DBOS.recv("a", timeout_seconds=0),
            DBOS.recv(timeout_seconds=0),
        ]

    handle = DBOS.start_workflow(receiver)
    DBOS.send(handle.workflow_id, "of a", "a")
    DBOS.send(handle.workflow_id, "of none")
    DBOS.send(handle.workflow_id, "of b", "b")
    gate.set()
    assert handle.get_result() == ["of b", "of none", "of a", None, None]


@pytest.mark.parametrize("topic", ["topic", None])
def test_a_timeout_returns_none(topic: str | None) -> None:
    @DBOS.workflow()
    def receiver() -> Any:
        return DBOS.recv(topic, timeout_seconds=0.05)

    assert receiver() is None


def test_a_timeout_of_zero_only_looks() -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        DBOS.send(DBOS.workflow_id or "", "here", "topic")
        return [DBOS.recv("topic", timeout_seconds=0), DBOS.recv("topic", timeout_seconds=0)]

    assert receiver() == ["here", None]


@pytest.mark.parametrize("message", [None, 0, False, "", [], {}, "x" * 10_000, {"k": [1, (2,)]}])
def test_any_value_can_be_a_message(message: Any) -> None:
    @DBOS.workflow()
    def receiver() -> tuple[Any, Any]:
        return (DBOS.recv("value", timeout_seconds=10), DBOS.recv("end", timeout_seconds=10))

    handle = DBOS.start_workflow(receiver)
    DBOS.send(handle.workflow_id, message, "value")
    DBOS.send(handle.workflow_id, "end", "end")
    assert handle.get_result() == (message, "end")


def test_a_message_received_is_replayed_not_consumed_again(
    tables: SystemTables, recover: Recover
) -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        return [DBOS.recv("t", timeout_seconds=5), DBOS.recv("t", timeout_seconds=5)]

    with SetWorkflowID("receiver"):
        handle = DBOS.start_workflow(receiver)
    DBOS.send("receiver", "first", "t")
    DBOS.send("receiver", "second", "t")
    assert handle.get_result() == ["first", "second"]
    DBOS.send("receiver", "third", "t")
    tables.force_status("receiver", "PENDING")
    assert [each.get_result() for each in recover()] == [["first", "second"]]


def test_a_timeout_is_replayed(tables: SystemTables, recover: Recover) -> None:
    @DBOS.workflow()
    def receiver() -> Any:
        return DBOS.recv("t", timeout_seconds=0.01)

    with SetWorkflowID("lonely"):
        assert receiver() is None
    DBOS.send("lonely", "too late", "t")
    tables.force_status("lonely", "PENDING")
    assert [each.get_result() for each in recover()] == [None]


def test_a_message_from_a_workflow_is_sent_once(tables: SystemTables, recover: Recover) -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        received = []
        while (message := DBOS.recv("t", timeout_seconds=10)) != "end":
            received.append(message)
        return received

    @DBOS.workflow()
    def sender(destination: str) -> None:
        for number in range(3):
            DBOS.send(destination, number, "t")

    receiving = DBOS.start_workflow(receiver)
    with SetWorkflowID("sender"):
        sender(receiving.workflow_id)
    tables.force_status("sender", "PENDING")
    for handle in recover(["local"]):
        if handle.workflow_id == "sender":
            handle.get_result()
    DBOS.send(receiving.workflow_id, "end", "t")
    assert receiving.get_result() == [0, 1, 2]


def test_a_message_under_an_id_is_sent_once() -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        received = []
        while (message := DBOS.recv("t", timeout_seconds=10)) != "end":
            received.append(message)
        return received

    handle = DBOS.start_workflow(receiver)
    for _ in range(3):
        with SetWorkflowID("the key"):
            DBOS.send(handle.workflow_id, "once", "t")
    DBOS.send(handle.workflow_id, "end", "t")
    assert handle.get_result() == ["once"]


def test_a_message_with_an_idempotency_key_is_sent_once() -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        received = []
        while (message := DBOS.recv("t", timeout_seconds=10)) != "end":
            received.append(message)
        return received

    handle = DBOS.start_workflow(receiver)
    for _ in range(3):
        DBOS.send(handle.workflow_id, "once", "t", idempotency_key="the key")
    DBOS.send(handle.workflow_id, "end", "t")
    assert handle.get_result() == ["once"]


def test_steps_of_messages_have_documented_names() -> None:
    @DBOS.workflow()
    def workflow() -> None:
        DBOS.send(DBOS.workflow_id or "", "self", "t")
        DBOS.recv("t", timeout_seconds=0)
        DBOS.set_event("after", 1)

    with SetWorkflowID("named"):
        workflow()
    steps = {
        step["function_name"]: step["function_id"] for step in DBOS.list_workflow_steps("named")
    }
    assert steps["DBOS.send"] == 1
    assert steps["DBOS.recv"] == 2
    assert steps["DBOS.setEvent"] == 4


def test_many_messages_are_sent_at_once() -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        return [DBOS.recv("t", timeout_seconds=10) for _ in range(3)]

    handle = DBOS.start_workflow(receiver)
    DBOS.send_bulk(
        [
            SendMessage(destination_id=handle.workflow_id, message=number, topic="t")
            for number in range(3)
        ]
    )
    assert sorted(handle.get_result()) == [0, 1, 2]


def test_two_receivers_each_get_their_own() -> None:
    @DBOS.workflow()
    def receiver() -> Any:
        return DBOS.recv(timeout_seconds=10)

    handles = [DBOS.start_workflow(receiver) for _ in range(4)]
    for number, handle in enumerate(handles):
        DBOS.send(handle.workflow_id, number)
    assert [handle.get_result() for handle in handles] == [0, 1, 2, 3]


def test_of_many_messages_none_is_sent_when_one_has_no_receiver() -> None:
    @DBOS.workflow()
    def receiver() -> Any:
        DBOS.recv("go", timeout_seconds=10)
        return DBOS.recv("t", timeout_seconds=0)

    handle = DBOS.start_workflow(receiver)
    for destinations in ((handle.workflow_id, "nobody"), ("nobody", handle.workflow_id)):
        with pytest.raises(DBOSNonExistentWorkflowError, match="nobody"):
            DBOS.send_bulk([SendMessage(each, "message", "t") for each in destinations])
    DBOS.send(handle.workflow_id, "go", "go")
    assert handle.get_result() is None


def test_many_messages_of_a_workflow_are_one_operation(
    tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def receiver() -> list[Any]:
        DBOS.recv("go", timeout_seconds=10)
        return [DBOS.recv("t", timeout_seconds=0) for _ in range(3)]

    @DBOS.workflow()
    def sender(destination: str) -> None:
        DBOS.send_bulk([SendMessage(destination, number, "t") for number in range(2)])
        DBOS.send_bulk([])

    handle = DBOS.start_workflow(receiver)
    with SetWorkflowID("sender"):
        sender(handle.workflow_id)
    steps = [step["function_name"] for step in DBOS.list_workflow_steps("sender")]
    assert steps == ["DBOS.send_bulk", "DBOS.send_bulk"]
    tables.forget_steps("sender")
    tables.force_status("sender", "PENDING")
    for again in recover():
        again.get_result()
    DBOS.send(handle.workflow_id, "go", "go")
    assert handle.get_result() == [0, 1, None]


@pytest.mark.parametrize("bulk", [False, True])
def test_that_a_receiver_does_not_exist_is_the_same_at_replay(
    bulk: bool, tables: SystemTables, recover: Callable[[], list[Any]]
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        try:
            if bulk:
                DBOS.send_bulk([SendMessage("later", "message")])
            else:
                DBOS.send("later", "message")
        except DBOSNonExistentWorkflowError:
            return "refused"
        return "sent"

    @DBOS.workflow()
    def receiver() -> Any:
        return DBOS.recv(timeout_seconds=0)

    with SetWorkflowID("sender"):
        assert workflow() == "refused"
    with SetWorkflowID("later"):
        receiver()
    tables.force_status("sender", "PENDING")
    assert [handle.get_result() for handle in recover()] == ["refused"]
