from __future__ import annotations

import random as rnd
import time as clock
from typing import Any

from dbos import DBOS


class Dealer:
    def __init__(self, seed: int | None = None) -> None:
        self.rng = rnd.Random(seed)

    def card(self) -> int:
        return self.rng.randint(1, 13)


class Table:
    dealer: Dealer

    def __init__(self, dealer: Dealer) -> None:
        self.dealer = dealer
        self.cards: list[int] = []

    def deal(self) -> int:
        self.cards.append(self.dealer.card())
        return self.cards[-1]


@DBOS.step()
def pay(amount: int) -> None:
    print(amount)


def wheel(options: list[Any], spin=rnd.choice) -> Any:
    return spin(options)  # flags: DBS101


@DBOS.workflow()
def blackjack(seed: int) -> int:
    table = Table(Dealer(seed))
    total = table.deal() + table.deal()
    pay(total)
    return total


@DBOS.workflow()
def roulette() -> int:
    number = wheel(list(range(37)))
    pay(number)
    while clock.time() % 2:  # flags: DBS001
        pay(1)
    return number
