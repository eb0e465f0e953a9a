"""Cron expressions: when something is due.

In: an expression and a time zone. Out: ticks in UTC. Never knows the time by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dbos.error import DBOSException

LOOKED_BACK = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=32))


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression of five fields, or six with seconds first, in a time zone."""

    expression: str
    zone: str | None = None

    def check(self) -> None:
        """Raise ``DBOSException`` for an expression or a zone that does not exist."""
        from croniter import croniter

        if not isinstance(self.expression, str) or not croniter.is_valid(
            self.expression, second_at_beginning=True
        ):
            raise DBOSException(
                f"{self.expression!r} is no cron expression: five fields (minute, hour, day of"
                " month, month, day of week), or six with seconds first"
            )
        try:
            self._zone()
        except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
            raise DBOSException(f"{self.zone!r} is no time zone, such as 'Europe/Paris'") from None

    def _zone(self) -> tzinfo:
        return UTC if self.zone is None else ZoneInfo(self.zone)

    def next_after(self, moment: datetime) -> datetime:
        """The first tick after ``moment``, in UTC."""
        from croniter import croniter

        local = moment.astimezone(self._zone())
        ticks = croniter(self.expression, local, second_at_beginning=True)
        found: datetime = ticks.get_next(datetime)
        return found.astimezone(UTC)

    def last_until(self, moment: datetime, first: datetime) -> datetime:
        """The last tick from ``first``, which is one, to ``moment``.

        Looked for shortly before ``moment`` first: after a long pause of the machine there may be
        hundreds of thousands of ticks in between.
        """
        tick = first
        for back in LOOKED_BACK:
            if moment - back <= first:
                break
            later = self.next_after(moment - back)
            if later <= moment:
                tick = later
                break
        while (following := self.next_after(tick)) <= moment:
            tick = following
        return tick

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The ticks after ``start`` and before ``end``."""
        tick = self.next_after(start)
        while tick < end:
            yield tick
            tick = self.next_after(tick)
