"""Messages and events: there and back between two workflows."""

from __future__ import annotations

import time

from dbos import DBOS, SetWorkflowID
from timing import median_milliseconds

ROUNDS = 5


@DBOS.workflow()
def echo(rounds: int, partner: str) -> None:
    """Sends back what it gets."""
    for _ in range(rounds):
        DBOS.send(partner, DBOS.recv("ping", timeout_seconds=30), "pong")


@DBOS.workflow()
def caller(rounds: int, partner: str) -> None:
    """Sends and waits for the answer."""
    for number in range(rounds):
        DBOS.send(partner, number, "ping")
        DBOS.recv("pong", timeout_seconds=30)


@DBOS.workflow()
def publish(key: str) -> None:
    """Sets an event once it is asked to."""
    DBOS.recv("go", timeout_seconds=30)
    DBOS.set_event(key, "value")


def message_round() -> float:
    """Seconds per message there and back."""
    with SetWorkflowID("echo"):
        answering = DBOS.start_workflow(echo, ROUNDS, "caller")
    start = time.perf_counter()
    with SetWorkflowID("caller"):
        caller(ROUNDS, "echo")
    taken = time.perf_counter() - start
    answering.get_result()
    return taken / ROUNDS


def event_round(number: int) -> float:
    """Seconds from the message that asks for an event to the event in hand."""
    handle = DBOS.start_workflow(publish, f"key-{number}")
    time.sleep(0.2)
    start = time.perf_counter()
    DBOS.send(handle.workflow_id, "now", "go")
    DBOS.get_event(handle.workflow_id, f"key-{number}", timeout_seconds=30)
    return time.perf_counter() - start


def measure(_url: str) -> dict[str, float]:
    """Milliseconds."""
    return {
        "message there and back ms": message_round() * 1000,
        "message and event back ms": median_milliseconds(event_round(n) for n in range(5)),
    }
