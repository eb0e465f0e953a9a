"""Time through a wrapper, so that tests can freeze it."""

from __future__ import annotations

import abc
from datetime import UTC, datetime, timedelta
from typing import Protocol

import arrow
import pendulum


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # flags: DBS001


class FixedClock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class Deadline(abc.ABC):
    def __init__(self, end: datetime) -> None:
        self.end = end

    @abc.abstractmethod
    def current(self) -> datetime: ...

    @property
    def passed(self) -> bool:
        return self.current() > self.end


class PendulumDeadline(Deadline):
    def current(self) -> datetime:
        return pendulum.now("UTC")  # flags: DBS001


class GivenDeadline(Deadline):
    def __init__(self, end: datetime, current: datetime) -> None:
        super().__init__(end)
        self._current = current

    def current(self) -> datetime:
        return self._current


def quarter(moment: datetime) -> str:
    shifted = arrow.get(moment).shift(months=1)
    return f"{shifted.year}Q{shifted.quarter}"


def this_quarter() -> str:
    return quarter(arrow.utcnow().datetime)  # flags: DBS001
