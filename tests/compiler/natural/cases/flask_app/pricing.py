from __future__ import annotations

import operator
from functools import partial, reduce
from typing import Callable


def percent(rate: float, total: float) -> float:
    return total * (1 - rate / 100)


def absolute(cents: float, total: float) -> float:
    return max(total - cents, 0)


VOUCHERS: dict[str, Callable[[float], float]] = {
    "TEN": partial(percent, 10),
    "TWENTY": partial(percent, 20),
    "FIVER": partial(absolute, 5),
}


def apply_vouchers(total: float, codes: list[str]) -> float:
    steps = [VOUCHERS[code] for code in codes if code in VOUCHERS]
    return reduce(lambda value, step: step(value), steps, total)


def grand_total(totals: list[float]) -> float:
    return reduce(operator.add, totals, 0.0)
