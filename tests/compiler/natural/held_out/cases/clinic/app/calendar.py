from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Iterable
from zoneinfo import ZoneInfo

OPEN, CLOSE = time(8), time(17)


@dataclass(frozen=True)
class Slot:
    start: datetime
    minutes: int = 30

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    def overlaps(self, other: Slot) -> bool:
        return self.start < other.end and other.start < self.end


def slots(day: date, zone: str) -> list[Slot]:
    tz = ZoneInfo(zone)
    current = datetime.combine(day, OPEN, tzinfo=tz)
    result = []
    while current.time() < CLOSE:
        result.append(Slot(current))
        current += timedelta(minutes=30)
    return result


def free(day: date, taken: Iterable[Slot], zone: str) -> list[Slot]:
    booked = list(taken)
    return [slot for slot in slots(day, zone) if not any(slot.overlaps(b) for b in booked)]


def next_working_day(after: date | None = None) -> date:
    day = after or date.today()  # flags: DBS001
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
