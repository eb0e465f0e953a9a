from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

current_tenant: ContextVar[str] = ContextVar("current_tenant")


@dataclass(frozen=True)
class Plan:
    name: str
    price: int
    seats: int = 1


@dataclass
class Account:
    tenant: str
    country: str
    kind: str
    plan: Plan
    opened: date = field(default_factory=date.today)

    def monthly(self) -> int:
        return self.plan.price * self.plan.seats


PLANS = {"team": Plan("team", 4900, 5), "solo": Plan("solo", 900)}
