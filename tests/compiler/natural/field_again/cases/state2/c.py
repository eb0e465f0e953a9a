from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from dbos import DBOS, DBOSConfiguredInstance

HISTORY: deque[str] = deque(maxlen=10)
TOTALS = {"count": 0}
LIMITS = {"daily": 10}


@dataclass
class Basket:
    items: list[str] = field(default_factory=list)

    def add(self, item: str) -> None:
        self.items.append(item)  # flags: DBS602


basket = Basket()


@DBOS.step()
def keep(item: str) -> str:
    HISTORY.append(item)
    return item


@DBOS.step()
def fill(found: Basket, item: str) -> None:
    found.add(item)


def note(item: str) -> None:
    TOTALS["count"] += 1  # flags: DBS602
    basket.add(item)


@DBOS.workflow()
def buy(item: str) -> int:
    note(item)
    mine = Basket()
    mine.add(item)
    fill(mine, "gift")  # flags: DBS605
    keep(item)
    return len(mine.items) + LIMITS["daily"]


@DBOS.workflow()
def recent() -> list[str]:
    return list(HISTORY)  # flags: DBS603


@DBOS.dbos_class()
class Counter(DBOSConfiguredInstance):
    shared: list[str] = []

    def __init__(self, name: str, start: int) -> None:
        self.start = start
        self.seen: dict[str, int] = {}
        super().__init__(name)

    @DBOS.workflow()
    def count(self, name: str) -> int:
        local = dict(self.seen)
        local[name] = 1
        self.seen[name] = self.start  # flags: DBS604
        Counter.shared.append(name)  # flags: DBS604
        return len(local)
