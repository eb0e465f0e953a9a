from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    def now(self) -> datetime: ...


class IdSource(Protocol):
    def next_id(self) -> str: ...


class Notifier(Protocol):
    def notify(self, user: str, text: str) -> None:
        """Tell the user."""
        ...


class TaxTable(Protocol):
    def rate(self, country: str) -> float:
        raise NotImplementedError
