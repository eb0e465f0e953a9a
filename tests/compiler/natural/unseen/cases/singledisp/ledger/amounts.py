from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .render import render, valued


@dataclass(frozen=True)
class Amount:
    cents: int
    currency: str = "EUR"


@render.register
def render_amount(value: Amount) -> str:
    return f"{Decimal(value.cents) / 100:.2f} {value.currency}"


@valued.register
def valued_amount(value: Amount) -> int:
    return value.cents
