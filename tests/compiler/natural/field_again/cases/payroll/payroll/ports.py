from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...


class Ids(Protocol):
    def next(self) -> str: ...


class Bank(Protocol):
    def pay(self, account: str, cents: int) -> str: ...
