"""What one process commits wakes the waiters of another at once: no wait ends by a poll.

Each answer comes within a minute, which is what `ask` and the waits allow; without a notice it
would take minutes (`RARE_HEARTBEATS`). How long it takes at the median is in the benchmark.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import RARE_HEARTBEATS, Team, team

ROUNDS = 12


@pytest.fixture
def pair(database_url: str, tmp_path: Path) -> Iterator[Team]:
    with team(database_url, tmp_path, **RARE_HEARTBEATS) as made:
        yield made


def test_messages_and_events_between_processes_take_no_poll(pair: Team) -> None:
    worker, caller = pair.member(), pair.member()
    worker.ask("start", "answering", "it", ROUNDS)
    caller.ask("ask_questions", "it", ROUNDS)
    assert worker.ask("result", "it")[0] == ROUNDS


def test_an_end_is_known_in_the_other_process_at_once(pair: Team) -> None:
    worker, caller = pair.member(), pair.member()
    for number in range(ROUNDS):
        name = f"letter {number}"
        worker.ask("start", "receiving", name, name)
        waits = caller.begin("result", name)
        pair.until(f"before {name}")
        caller.ask("send", name, "go")
        assert caller.wait(waits)[0] == [f"before {name}", "go", f"after {name}"]


def test_enqueued_work_starts_in_the_other_process_at_once(pair: Team) -> None:
    worker, caller = pair.member(), pair.member(serves_queues=False)
    for number in range(ROUNDS):
        caller.ask("enqueue", "orders", "plain", f"id {number}", f"work {number}")
        assert worker.ask("result", f"id {number}")[0] == f"work {number}"
    assert {line.pid for line in pair.lines()} == {worker.pid}


def test_a_cancelled_workflow_stops_in_the_process_that_runs_it(pair: Team) -> None:
    worker, caller = pair.member(), pair.member()
    worker.ask("start", "receiving", "cancelled", "cancelled")
    pair.until("before cancelled")
    waits = worker.begin("result", "cancelled")
    caller.ask("cancel", "cancelled")
    with pytest.raises(AssertionError, match="Cancelled"):
        worker.wait(waits)
    assert pair.noted("cancelled") == ["before cancelled"]
