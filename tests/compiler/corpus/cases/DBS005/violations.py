"""The machine's time zone and locale: another host prints another hour."""

import locale
import time
from datetime import UTC, datetime, timezone

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def local_hour(seconds: float) -> int:
    return datetime.fromtimestamp(seconds).hour  # flags: DBS005


class Shop:
    @property
    def zone(self) -> str:
        return time.tzname[0]  # flags: DBS005


@DBOS.workflow()
def at_night(seconds: float = 1_700_000_000.0) -> str:
    if datetime.fromtimestamp(seconds).hour < 12:  # flags: DBS005
        save("night", seconds)
    return "day"


@DBOS.workflow()
def hour_of(seconds: float = 1_700_000_000.0) -> int:
    hour = local_hour(seconds)
    save("hour", hour)
    return hour


@DBOS.workflow()
def localised(text: str = "2026-11-20T08:00:00+00:00") -> str:
    moment = datetime.fromisoformat(text).astimezone()  # flags: DBS005
    save("local", moment.isoformat())
    return moment.isoformat()


@DBOS.workflow()
def zone_name() -> str:
    save("zone", Shop().zone)
    return "done"


@DBOS.workflow()
def zone_offset() -> int:
    offset = time.timezone  # flags: DBS005
    save("offset", offset)
    return offset


@DBOS.workflow()
def given_local_time(seconds: float = 1_700_000_000.0) -> int:
    parts = time.localtime(seconds)  # flags: DBS005
    save("hour", parts.tm_hour)
    return parts.tm_hour


@DBOS.workflow()
def language() -> str:
    code, _ = locale.getlocale()  # flags: DBS005
    save("language", code)
    return str(code)


@DBOS.workflow()
def day_of(stamps: list[int]) -> list[int]:
    hours = [datetime.fromtimestamp(each, None).hour for each in stamps]  # flags: DBS005
    save("hours", hours)
    return hours
