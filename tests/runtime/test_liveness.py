"""Who counts as alive: a heartbeat that stands still condemns a process only while we look.

After an outage of the database, or a pause of a whole machine, no heartbeat has moved for a while:
whoever comes back first must not take the work of all the others, who are about to come back, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dbos import DBOS, DBOSConfig, testing
from dbos.services.liveness import Judge
from dbos.system.executors import Executor
from dbos.testing import SkippingSeam
from support.behaviour import SystemTables, eventually

LEASE_SECONDS, HEARTBEAT_SECONDS = 15.0, 4.0
ELSEWHERE = Executor(
    process_token="elsewhere",
    executor_id="local",
    host="another",
    process_start="1",
    pid=1,
    application_version="1",
    beats=1,
)


@pytest.fixture
def clock() -> Iterator[SkippingSeam]:
    with testing.skipping_time() as made:
        yield made


def lives(judge: Judge, executor: Executor = ELSEWHERE) -> bool:
    return bool(judge.alive([executor]))


def look_regularly(judge: Judge, clock: SkippingSeam, seconds: float) -> list[bool]:
    """What is found at each heartbeat of ours while the other one has none."""
    found = []
    for _ in range(int(seconds / HEARTBEAT_SECONDS)):
        clock.skip(HEARTBEAT_SECONDS)
        found.append(lives(judge))
    return found


def test_who_sends_no_heartbeat_for_a_lease_is_dead(clock: SkippingSeam) -> None:
    judge = Judge(LEASE_SECONDS)
    assert lives(judge)
    assert look_regularly(judge, clock, 16) == [True, True, True, False]


def test_an_outage_condemns_nobody(clock: SkippingSeam) -> None:
    judge = Judge(LEASE_SECONDS)
    assert lives(judge)
    assert look_regularly(judge, clock, 4) == [True]
    clock.skip(600)
    assert lives(judge)
    # It has as long as its retries take to come back.
    assert look_regularly(judge, clock, 4) == [True]
    back = replace(ELSEWHERE, beats=2)
    clock.skip(2)
    assert lives(judge, back)
    clock.skip(600)
    assert lives(judge, back)


def test_who_does_not_come_back_from_an_outage_is_dead(clock: SkippingSeam) -> None:
    judge = Judge(LEASE_SECONDS)
    assert lives(judge)
    clock.skip(600)
    assert lives(judge)
    assert look_regularly(judge, clock, 12)[-1] is False


def test_asking_twice_in_a_moment_counts_time_once(clock: SkippingSeam) -> None:
    judge = Judge(LEASE_SECONDS)
    for _ in range(10):
        assert lives(judge)
    clock.skip(HEARTBEAT_SECONDS)
    for _ in range(10):
        assert lives(judge)


def test_who_is_no_longer_listed_is_forgotten(clock: SkippingSeam) -> None:
    judge = Judge(LEASE_SECONDS)
    assert lives(judge)
    assert judge.alive([]) == set()
    clock.skip(HEARTBEAT_SECONDS)
    assert lives(judge)
    assert look_regularly(judge, clock, 12) == [True, True, True]


def test_who_was_forgotten_comes_back_with_a_count_that_nobody_has_seen(config: DBOSConfig) -> None:
    DBOS(config={**config, "lease_seconds": 60.0, "heartbeat_seconds": 0.02})
    DBOS.launch()
    tables = SystemTables(str(config["system_database_url"]))
    executors = tables.table("executors")

    def beats() -> int:
        found = tables.query(f"SELECT beats FROM {executors}")
        return int(found[0][0]) if found else 0

    eventually(lambda: beats() > 2, "some heartbeats")
    seen = beats()
    tables.execute(f"DELETE FROM {executors}")
    eventually(lambda: beats() > 0, "it is there again")
    assert beats() > seen
