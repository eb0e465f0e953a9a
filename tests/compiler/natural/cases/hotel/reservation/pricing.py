from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

SEASON = {6: Decimal("1.2"), 7: Decimal("1.5"), 8: Decimal("1.5"), 12: Decimal("1.3")}
BASE = Decimal("89.00")


class Quote(NamedTuple):
    total: Decimal
    discount: Decimal


def last_minute(night: dt.date) -> bool:
    return (night - dt.date.today()).days < 3  # flags: DBS001


def quote_for(night: str, nights: int) -> Quote:
    day = dt.date.fromisoformat(night)
    total = BASE * nights * SEASON.get(day.month, Decimal(1))
    discount = total / 10 if last_minute(day) else Decimal(0)
    return Quote((total - discount).quantize(Decimal("0.01")), discount)
