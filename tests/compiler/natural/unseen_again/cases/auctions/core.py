from __future__ import annotations

import heapq
import operator
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Protocol, Self

from dbos import DBOS, DBOSConfiguredInstance

NUMBERS = count(1)


@dataclass(order=True)
class Bid:
    amount: int
    who: str = field(compare=False)
    id: str = field(default_factory=lambda: uuid.uuid4().hex, compare=False)


class Clockless(Protocol):
    def after(self, amount: int) -> int: ...


class Fixed:
    def after(self, amount: int) -> int:
        return amount + 10


class Noisy:
    def __init__(self, seed: int | None = None) -> None:
        self.rng = random.Random(seed) if seed is not None else random.SystemRandom()  # maybe: DBS102

    def after(self, amount: int) -> int:
        return amount + self.rng.randint(1, 3)  # maybe: DBS103 DBS101 DBS102


class Book:
    def __init__(self) -> None:
        self._bids: list[Bid] = []

    def __iadd__(self, bid: Bid) -> Self:
        heapq.heappush(self._bids, bid)
        return self

    def __iter__(self) -> Iterator[Bid]:
        yield from sorted(self._bids, reverse=True)

    def best(self, most: int = 1) -> list[Bid]:
        return heapq.nlargest(most, self._bids, key=operator.attrgetter("amount"))

    def by_person(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        named = operator.attrgetter("who")
        for who, bids in groupby(sorted(self, key=named), key=named):
            found[who].extend(bid.amount for bid in bids)
        return found


@DBOS.step()
def announce(text: str) -> str:
    return text


@DBOS.dbos_class()
class Auction(DBOSConfiguredInstance):
    def __init__(self, name: str, pricing: Clockless) -> None:
        super().__init__(config_name=name)
        self.pricing = pricing
        self.rounds = 0

    @DBOS.workflow()
    def run(self, offers: list[tuple[str, int]]) -> list[str]:
        book = Book()
        for number, (who, amount) in enumerate(offers):
            book += Bid(self.pricing.after(amount), who, id=f"{DBOS.workflow_id}-{number}")
        lines = [announce(f"{bid.who}: {bid.amount}") for bid in book]
        return lines + [announce(f"{who} {sum(all_)}") for who, all_ in book.by_person().items()]

    @DBOS.workflow()
    def lucky(self, names: list[str]) -> str:
        self.rounds += 1  # flags: DBS604
        bids = [Bid(1, name) for name in names]  # flags: DBS104
        number = next(NUMBERS)  # flags: DBS609
        winner = max(bids, key=lambda bid: (hash(bid.who), number))  # flags: DBS503
        return announce(winner.who)


auction = Auction("main", Fixed())
