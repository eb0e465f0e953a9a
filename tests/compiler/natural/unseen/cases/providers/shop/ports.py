from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...


class IdSource(Protocol):
    def fresh(self) -> str: ...


class PriceBook(ABC):
    @abstractmethod
    def price_of(self, sku: str) -> int: ...

    def total(self, skus: list[str]) -> int:
        return sum(self.price_of(sku) for sku in skus)


class Mailer(ABC):
    @abstractmethod
    async def deliver(self, to: str, body: str) -> None: ...
