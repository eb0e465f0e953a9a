"""What one process commits wakes the waiters of another at once: no wait ends by a poll.

The times allowed here lie far below any safety net (5 seconds with notifications), and far above
what a loaded machine needs; the medians themselves are in the benchmark.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Team, team

ROUNDS = 12
PROMPT_MS = 250.0


@pytest.fixture
def pair(database_url: str, tmp_path: Path) -> Iterator[Team]:
    with team(database_url, tmp_path) as made:
        yield made


def median_ms(nanoseconds: list[int]) -> float:
    return statistics.median(nanoseconds) / 1e6


def test_messages_and_events_between_processes_take_no_poll(pair: Team) -> None:
    worker, caller = pair.member(), pair.member()
    worker.ask("start", "answering", "it", ROUNDS)
    spent = caller.ask("ask_questions", "it", ROUNDS)
    assert median_ms(spent) < PROMPT_MS
    assert worker.ask("result", "it")[0] == ROUNDS


def test_an_end_is_known_in_the_other_process_at_once(pair: Team) -> None:
    worker, caller = pair.member(), pair.member()
    spent: list[int] = []
    for number in range(ROUNDS):
        name = f"letter {number}"
        worker.ask("start", "receiving", name, name)
        waits = caller.begin("result", name)
        pair.until(f"before {name}")
        caller.ask("send", name, "go")
        value, known_ns = caller.wait(waits)
        assert value == [f"before {name}", "go", f"after {name}"]
        [ended] = [line.at_ns for line in pair.lines() if line.what == f"after {name}"]
        spent.append(known_ns - ended)
    assert median_ms(spent) < PROMPT_MS


def test_enqueued_work_starts_in_the_other_process_at_once(pair: Team) -> None:
    worker, caller = pair.member(), pair.member(serves_queues=False)
    spent: list[int] = []
    for number in range(ROUNDS):
        began = caller.ask("enqueue", "orders", "plain", f"id {number}", f"work {number}")
        worker.ask("result", f"id {number}")
        [started] = [line.at_ns for line in pair.lines() if line.what == f"work {number}"]
        spent.append(started - began)
    assert median_ms(spent) < PROMPT_MS
    assert {line.pid for line in pair.lines()} == {worker.pid}


def test_a_cancelled_workflow_stops_in_the_process_that_runs_it(pair: Team) -> None:
    worker, caller = pair.member(), pair.member()
    worker.ask("start", "receiving", "cancelled", "cancelled")
    pair.until("before cancelled")
    waits = worker.begin("result", "cancelled")
    caller.ask("cancel", "cancelled")
    with pytest.raises(AssertionError, match="Cancelled"):
        worker.wait(waits, within_seconds=4.0)
    assert pair.noted("cancelled") == ["before cancelled"]
