"""Scheduled workflows: what they are given, what they are called, and that each tick runs once."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from dbos import DBOS, DBOSConfig
from support.behaviour import eventually

EVERY_SECOND = "* * * * * *"


def test_a_tick_is_one_workflow_with_both_times(launched: None) -> None:
    ticks: list[tuple[datetime.datetime, datetime.datetime]] = []

    @DBOS.scheduled(EVERY_SECOND)
    @DBOS.workflow()
    def tick(scheduled_time: datetime.datetime, actual_time: datetime.datetime) -> None:
        ticks.append((scheduled_time, actual_time))

    eventually(lambda: len(ticks) >= 2, "two ticks")
    times = [scheduled for scheduled, _ in ticks]
    assert len(times) == len(set(times))
    for scheduled, actual in ticks:
        assert scheduled.microsecond == 0
        assert scheduled.tzinfo is not None
        assert scheduled.utcoffset() == datetime.timedelta(0)
        assert isinstance(actual, datetime.datetime)
        assert actual >= scheduled - datetime.timedelta(seconds=1)
    rows = DBOS.list_workflows(name=tick.__qualname__)
    for row in rows:
        assert row.workflow_id.startswith(f"sched-{tick.__qualname__}-")
    known = {row.workflow_id.removeprefix(f"sched-{tick.__qualname__}-") for row in rows}
    assert {time.isoformat() for time in times} <= known


def test_a_schedule_declared_before_launch_starts_with_it(unlaunched: DBOSConfig) -> None:
    ticks: list[datetime.datetime] = []
    DBOS(config=unlaunched)

    @DBOS.scheduled(EVERY_SECOND)
    @DBOS.workflow()
    def tick(scheduled_time: datetime.datetime, actual_time: datetime.datetime) -> None:
        ticks.append(scheduled_time)

    assert ticks == []
    DBOS.launch()
    eventually(lambda: len(ticks) >= 1, "a tick")


def test_after_destroy_nothing_ticks(launched: None) -> None:
    ticks: list[datetime.datetime] = []

    @DBOS.scheduled(EVERY_SECOND)
    @DBOS.workflow()
    def tick(scheduled_time: datetime.datetime, actual_time: datetime.datetime) -> None:
        ticks.append(scheduled_time)

    eventually(lambda: len(ticks) >= 1, "a tick")
    DBOS.destroy()
    before = len(ticks)
    started = datetime.datetime.now()
    eventually(
        lambda: datetime.datetime.now() - started > datetime.timedelta(seconds=1.2),
        "a second passes",
    )
    assert len(ticks) == before


@pytest.mark.parametrize("cron", ["", "every day", "* * *", "99 * * * *", "* * * * * * * *"])
def test_a_wrong_cron_expression_is_refused_at_declaration(launched: None, cron: str) -> None:
    with pytest.raises(Exception, match=r"(?i)cron"):

        @DBOS.scheduled(cron)
        @DBOS.workflow()
        def tick(scheduled_time: datetime.datetime, actual_time: datetime.datetime) -> None:
            return None


def test_a_failing_tick_does_not_stop_the_schedule(launched: None) -> None:
    ticks: list[datetime.datetime] = []

    @DBOS.scheduled(EVERY_SECOND)
    @DBOS.workflow()
    def tick(scheduled_time: datetime.datetime, actual_time: datetime.datetime) -> None:
        ticks.append(scheduled_time)
        raise ValueError("this tick fails")

    eventually(lambda: len(ticks) >= 2, "two ticks")


def test_a_scheduled_workflow_can_be_called(launched: None) -> None:
    @DBOS.scheduled("0 2 * * *")
    @DBOS.workflow()
    def nightly(scheduled_time: datetime.datetime, actual_time: datetime.datetime) -> str:
        return "backup"

    now = datetime.datetime.now(datetime.UTC)
    call: Callable[[datetime.datetime, datetime.datetime], str] = nightly
    assert call(now, now) == "backup"
