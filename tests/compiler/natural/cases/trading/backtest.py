from __future__ import annotations

from random import Random

from bot import signal
from dbos import DBOS


class Market:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.price = 100.0

    def tick(self) -> float:
        self.price *= 1 + self._random.gauss(0, 0.01)
        return self.price


@DBOS.workflow()
def backtest(seed: int, steps: int) -> float:
    market = Market(seed)
    prices = [market.tick() for _ in range(steps)]
    return sum(1.0 if signal(prices[:end]) == "buy" else 0.0 for end in range(len(prices)))
