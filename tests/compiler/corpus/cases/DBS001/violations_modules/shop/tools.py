"""Classes that other modules inherit from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from . import clock
from .clock import deepest as bottom

if TYPE_CHECKING:
    from datetime import datetime


class Readable(Protocol):
    def read(self) -> float: ...


class Timer:
    def read(self) -> float:
        return clock.current_second()

    @property
    def deep(self) -> float:
        return bottom()


def later(moment: datetime, days: int) -> datetime:
    return moment.replace(day=days)
