"""Time zones that are said, and text without a locale."""

import time
from datetime import UTC, datetime, timedelta, timezone

from dbos import DBOS

TOKYO = timezone(timedelta(hours=9))


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def local_hour(seconds: float) -> int:
    return datetime.fromtimestamp(seconds).hour


class Ledger:
    tzname = "UTC"

    def fromtimestamp(self, seconds: float) -> str:
        return f"{seconds} {self.tzname}"


@DBOS.workflow()
def universal(seconds: float) -> int:
    hour = datetime.fromtimestamp(seconds, tz=UTC).hour
    save("hour", hour)
    return hour


@DBOS.workflow()
def positional_zone(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, TOKYO)
    save("moment", moment.isoformat())
    return moment.isoformat()


@DBOS.workflow()
def named_zone(text: str = "2026-11-20T08:00:00+00:00") -> str:
    moment = datetime.fromisoformat(text).astimezone(TOKYO)
    save("moment", moment.isoformat())
    return moment.isoformat()


@DBOS.workflow()
def universal_parts(seconds: float) -> int:
    return time.gmtime(seconds).tm_hour


@DBOS.workflow()
def own_method(seconds: float) -> str:
    text = Ledger().fromtimestamp(seconds)
    save("text", text)
    return Ledger.tzname


@DBOS.workflow()
def zone_in_a_step(seconds: float) -> int:
    return local_hour(seconds)


@DBOS.workflow()
def replaced_zone(at: datetime) -> str:
    return at.replace(tzinfo=UTC).isoformat()


@DBOS.workflow()
def old_spelling(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()
