"""Clocks of a world: they start elsewhere and run at another pace than in the other worlds.

In: the number of a world. Out: a patched `time` and `datetime` of this process. Every reading moves
the clock on, so that a loop that waits for a deadline ends, after another number of turns in each
world. Nothing here is used outside the oracle.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any, ClassVar, Self

DAY_SECONDS = 86_400
real_monotonic = time.monotonic
real_sleep = time.sleep


class Clock:
    """How far this world's clocks are from the real ones, and how far a reading moves them."""

    offset_seconds: ClassVar[float] = 0.0
    pace_seconds: ClassVar[float] = 0.0

    @classmethod
    def read(cls) -> float:
        """The distance to the real clock at this reading, in seconds."""
        cls.offset_seconds += cls.pace_seconds
        return cls.offset_seconds


class ShiftedDatetime(datetime.datetime):
    """`datetime.datetime` with another idea of now."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Self:
        return super().now(tz) + datetime.timedelta(seconds=Clock.read())

    @classmethod
    def utcnow(cls) -> Self:
        return cls.now(datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Self:
        return cls.now()


class ShiftedDate(datetime.date):
    """`datetime.date` with another idea of today."""

    @classmethod
    def today(cls) -> Self:
        moment = ShiftedDatetime.now()
        return cls(moment.year, moment.month, moment.day)


def shift(number: int) -> None:
    """Move every clock by some days, hours and a bit."""
    Clock.offset_seconds = number * (17 * DAY_SECONDS + 3 * 3600 + 61.5)
    Clock.pace_seconds = 7.0 + 4 * number
    ShiftedDatetime.__name__ = ShiftedDatetime.__qualname__ = "ShiftedDatetime"
    namespace: dict[str, Any] = {"datetime": ShiftedDatetime, "date": ShiftedDate}
    datetime.__dict__.update(namespace)
    moved: dict[str, Any] = {}
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        moved[name] = _shifted(getattr(time, name), 1.0)
        moved[f"{name}_ns"] = _shifted(getattr(time, f"{name}_ns"), 1e9)
    moved["clock_gettime"] = _shifted(time.clock_gettime, 1.0)
    for name in ("localtime", "gmtime", "ctime"):
        moved[name] = _default_now(getattr(time, name), moved["time"])
    real_strftime, gmtime = time.strftime, moved["gmtime"]
    moved["strftime"] = lambda form, moment=None: real_strftime(form, moment or gmtime())
    time.__dict__.update(moved)


def _shifted(reading: Callable[..., float], unit: float) -> Callable[..., float]:
    def read(*clock: int) -> float:
        moved = reading(*clock) + Clock.read() * unit
        return moved if unit == 1.0 else int(moved)

    return read


def _default_now(function: Any, now: Callable[[], float]) -> Any:
    return lambda *when: function(*when) if when else function(now())
