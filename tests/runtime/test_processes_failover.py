"""Processes that die or stop in the middle of workflows: others go on where they were.

A completed step never runs again, limits hold, a living process keeps what it runs, and a process
that lost its work while it was stopped cannot record into it when it continues.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.behaviour import SystemTables, eventually
from support.processes import RARE_HEARTBEATS, Team, team

SHORT_LEASE = {"lease_seconds": 0.8, "heartbeat_seconds": 0.2}


@pytest.fixture
def group(database_url: str, tmp_path: Path) -> Iterator[Team]:
    with team(database_url, tmp_path) as made:
        yield made


def recovered(name: str, pid: int) -> list[str]:
    return [f"before {name}", f"{name} by {pid}", f"after {name}"]


def test_a_killed_process_is_succeeded_at_once(group: Team) -> None:
    # The kernel tells the second, which has seen the first with its scan at launch: long before a
    # heartbeat or the end of the lease could.
    first, second = group.member(**RARE_HEARTBEATS), group.member(**RARE_HEARTBEATS)
    first.ask("start", "gated", "direct", "direct")
    group.until("at direct")
    first.kill()
    group.until("at direct", times=2)
    group.open_gate()
    assert second.ask("result", "direct")[0] == recovered("direct", second.pid)
    assert Counter(group.noted("direct")) == {
        "before direct": 1,
        "past direct": 1,
        "after direct": 1,
        "at direct": 2,
    }


def test_what_waits_for_a_message_goes_on_elsewhere(group: Team) -> None:
    first, second = group.member(), group.member()
    first.ask("start", "receiving", "letter", "letter")
    eventually(lambda: second.ask("steps", "letter") == 2, "the step and the timeout are recorded")
    first.kill()
    second.ask("send", "letter", "hello")
    assert second.ask("result", "letter")[0] == ["before letter", "hello", "after letter"]
    assert group.noted("letter") == ["before letter", "after letter"]


def test_a_sleep_that_was_recorded_is_not_begun_again(group: Team, database_url: str) -> None:
    first, bystander = group.member(), group.member(application_version="2")
    first.ask("start", "sleeping", "nap", "nap", 36_000.0)
    eventually(lambda: bystander.ask("steps", "nap") == 2, "the step and the sleep are recorded")
    first.kill()
    # Begun anew it would last ten hours; what is on record is made to end soon.
    tables = SystemTables(database_url)
    wakes_at_ms = time.time_ns() // 1_000_000 + 500
    changed = tables.execute(
        f"UPDATE {tables.table('operation_outputs')} SET output = :output"
        " WHERE workflow_uuid = 'nap' AND function_name = 'DBOS.sleep'",
        output=str(wakes_at_ms),
    )
    assert changed == 1
    second = group.member()
    assert second.ask("result", "nap")[0] == ["before nap", "after nap"]
    assert time.time_ns() // 1_000_000 >= wakes_at_ms
    assert [line.pid for line in group.lines()] == [first.pid, second.pid]


def test_the_slot_of_a_dead_process_is_free_again(group: Team) -> None:
    first = group.member(**RARE_HEARTBEATS)
    second = group.member(serves_queues=False, **RARE_HEARTBEATS)
    first.ask("enqueue", "singles", "gated", "one", "one")
    group.until("at one")
    second.ask("enqueue", "singles", "plain", "two", "two")
    third = group.member(**RARE_HEARTBEATS)
    # concurrency=1 over all processes: the third may not take the second workflow yet.
    assert third.ask("status", "two") == "ENQUEUED"
    first.kill()
    group.until("at one", times=2)
    assert third.ask("status", "two") == "ENQUEUED"
    group.open_gate()
    assert third.ask("result", "two")[0] == "two"
    assert third.ask("result", "one")[0] == recovered("one", third.pid)
    assert group.noted()[-1] == "two"
    assert group.noted("one").count("before one") == 1


def test_worker_concurrency_holds_when_one_of_three_dies(group: Team) -> None:
    members = [group.member() for _ in range(3)]
    names = [f"job {number}" for number in range(8)]
    for name in names:
        members[0].ask("enqueue", "pairs", "gated", name, name)
    eventually(lambda: len(running(group)) == 6, "two jobs at each of three")
    assert Counter(running(group).values()) == {member.pid: 2 for member in members}
    members[1].kill()
    # What the dead held waits for a place: the others are full.
    eventually(
        lambda: [members[0].ask("status", name) for name in names].count("ENQUEUED") == 4,
        "the work of the dead is back on the queue",
    )
    assert set(running(group).values()) == {member.pid for member in members}
    group.open_gate()
    for name in names:
        members[2].ask("result", name)
    for name in names:
        assert group.noted(name).count(f"after {name}") == 1
        assert group.noted(name).count(f"before {name}") == 1


def running(group: Team) -> dict[str, int]:
    """The jobs that stand before the gate, and where."""
    return {line.what: line.pid for line in group.lines() if line.what.startswith("at ")}


def test_a_stopped_process_is_fenced_off_when_it_continues(group: Team) -> None:
    first, second = group.member(**SHORT_LEASE), group.member(**SHORT_LEASE)
    first.ask("start", "gated", "zombie", "zombie")
    group.until("at zombie")
    waits = first.begin("result", "zombie")
    first.freeze()
    group.until("at zombie", times=2)
    group.open_gate()
    assert second.ask("result", "zombie")[0] == recovered("zombie", second.pid)
    first.thaw()
    # The first leaves its step, may not record it, and answers what the second recorded.
    assert first.wait(waits)[0] == recovered("zombie", second.pid)
    group.until("past zombie", times=2)
    first.ask("start", "plain", "later", "later")
    assert first.ask("result", "later")[0] == "later"
    assert group.by("after zombie") == [second.pid]
    assert group.by("before zombie") == [first.pid]


def test_work_of_a_living_process_is_not_stolen_under_its_own_executor_id(group: Team) -> None:
    first = group.member(executor_id="same")
    first.ask("start", "gated", "kept", "kept")
    group.until("at kept")
    second = group.member(executor_id="same")
    assert second.ask("recover") == []
    group.open_gate()
    assert second.ask("result", "kept")[0] == recovered("kept", first.pid)
    assert {line.pid for line in group.lines()} == {first.pid}


def test_of_two_that_recover_at_once_one_runs_it(group: Team) -> None:
    first = group.member()
    names = [f"left {number}" for number in range(6)]
    for name in names:
        first.ask("start", "gated", name, name)
        group.until(f"at {name}")
    first.kill()
    rescuers = [group.begin_member(), group.begin_member()]
    for rescuer in rescuers:
        rescuer.launched()
    for name in names:
        group.until(f"at {name}", times=2)
    group.open_gate()
    for name in names:
        rescuers[0].ask("result", name)
        assert group.noted(name).count(f"at {name}") == 2
        assert group.noted(name).count(f"before {name}") == 1
        assert group.noted(name).count(f"after {name}") == 1


def test_another_version_leaves_the_work_alone(group: Team) -> None:
    first, stranger = group.member(), group.member(application_version="2")
    first.ask("start", "gated", "old", "old")
    group.until("at old")
    first.kill()
    assert stranger.ask("recover") == []
    successor = group.member()
    group.open_gate()
    assert successor.ask("result", "old")[0] == recovered("old", successor.pid)
    assert stranger.pid not in {line.pid for line in group.lines()}
