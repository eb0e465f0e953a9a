from __future__ import annotations

from datetime import datetime, timedelta

from dbos import DBOS

from timing import Clock, FixedClock, GivenDeadline, PendulumDeadline, SystemClock, quarter, this_quarter

CLOCK: Clock = SystemClock()


@DBOS.step()
def moment() -> datetime:
    return CLOCK.now()


@DBOS.step()
def remind(text: str) -> None:
    DBOS.logger.info(text)


@DBOS.workflow()
def plan(days: int) -> str:
    clock = FixedClock(moment())
    clock.advance(timedelta(days=days))
    if not GivenDeadline(clock.now(), clock.moment).passed:
        remind(quarter(clock.now()))
    return clock.now().isoformat()


@DBOS.workflow()
def plan_by_system(days: int) -> str:
    end = CLOCK.now() + timedelta(days=days)
    if PendulumDeadline(end).passed:
        remind("late")
    return this_quarter()
