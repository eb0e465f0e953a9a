"""Dates without a clock: fixed, given, computed, or read in a step."""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from dbos import DBOS


@DBOS.step()
def save(order_id: str, value: object) -> None:
    """Store a value, and when."""
    DBOS.logger.info("%s %s %s", order_id, value, datetime.now(UTC))


@DBOS.step()
def now() -> float:
    return time.time()


@dataclass
class Status:
    order_id: str
    updated: datetime
    history: list[str] = field(default_factory=list)


class Calendar:
    """Not the standard library's clock, although it sounds like it."""

    def __init__(self, year: int) -> None:
        self.year = year

    def today(self) -> date:
        return date(self.year, 1, 1)

    def now(self) -> datetime:
        return datetime(self.year, 1, 1, tzinfo=UTC)


def local_time() -> float:
    return 12.5


def stamp_file(path: str) -> str:
    """Never called by a workflow."""
    return f"{path}-{datetime.now():%Y%m%d}"


@DBOS.workflow()
def fixed_date(order_id: str) -> datetime:
    opening = datetime(2024, 1, 1, tzinfo=UTC)
    save(order_id, opening)
    return opening + timedelta(days=3)


@DBOS.workflow()
def year_of(order_id: str, created: int) -> str:
    year = time.strftime("%Y", time.gmtime(created))
    save(order_id, year)
    return year


@DBOS.workflow()
def own_now(order_id: str) -> date:
    calendar = Calendar(2026)
    save(order_id, calendar.now())
    return calendar.today()


@DBOS.workflow()
def clock_in_step(order_id: str) -> float:
    started = now()
    if started > 10.0:
        save(order_id, "late")
    return local_time()


@DBOS.workflow()
def given_moment(order_id: str, at: datetime) -> str:
    status = Status(order_id, updated=at)
    save(order_id, status.updated.isoformat())
    return at.date().isoformat()


@DBOS.workflow()
def shadowed(order_id: str, time: float) -> float:
    datetime = {"now": time}
    save(order_id, datetime["now"])
    return time


@DBOS.workflow()
def parsed(order_id: str, text: str = "2026-11-20T08:00:00+00:00") -> str:
    moment = datetime.fromisoformat(text)
    save(order_id, moment.strftime("%d.%m.%Y"))
    return str(time.mktime.__name__) + str(datetime.min.year)


@DBOS.workflow()
def recorded_clock(order_id: str) -> None:
    started = DBOS.run_step(None, time.time)
    later = DBOS.run_step({"name": "later"}, lambda: datetime.now(UTC).isoformat())
    save(order_id, (started, later))
