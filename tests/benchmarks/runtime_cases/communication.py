"""Messages and events: there and back between two workflows of one process."""

from __future__ import annotations

import time

from bench import Bench
from dbos import DBOS
from timing import for_a_while, median_milliseconds

TIMES, SECONDS = 40, 6.0


@DBOS.workflow()
def caller(partner: str) -> float:
    """Sends one message and waits for the answer; how many seconds both took."""
    start = time.perf_counter()  # dbos: ignore[DBS001] the benchmark wants the real time
    DBOS.send(partner, DBOS.workflow_id, "ping")
    DBOS.recv("pong", timeout_seconds=30)
    return time.perf_counter() - start  # dbos: ignore[DBS001] the benchmark wants the real time


@DBOS.workflow()
def answering() -> None:
    """Sends back one message to whom it names."""
    partner = DBOS.recv("ping", timeout_seconds=30)
    DBOS.send(partner, "answer", "pong")


@DBOS.workflow()
def publish(key: str) -> None:
    """Sets an event once it is asked to."""
    DBOS.recv("go", timeout_seconds=30)
    DBOS.set_event(key, "value")


def message_round(_: int) -> float:
    """Seconds for a message there and back."""
    partner = DBOS.start_workflow(answering)
    time.sleep(0.1)
    return caller(partner.workflow_id)


def event_round(number: int) -> float:
    """Seconds from the message that asks for an event to the event in hand."""
    handle = DBOS.start_workflow(publish, f"key-{number}")
    time.sleep(0.1)
    start = time.perf_counter()
    DBOS.send(handle.workflow_id, "now", "go")
    DBOS.get_event(handle.workflow_id, f"key-{number}", timeout_seconds=30)
    return time.perf_counter() - start


def measure(bench: Bench) -> dict[str, float]:
    """Milliseconds."""
    bench.launch()
    return {
        "message there and back ms": median_milliseconds(
            for_a_while(message_round, TIMES, SECONDS)
        ),
        "message there, event back ms": median_milliseconds(
            for_a_while(event_round, TIMES, SECONDS)
        ),
    }
