"""Steps that fill what the workflow gave them, through helpers."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbos import DBOS


@dataclass
class Order:
    table: int
    dishes: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, dish: str) -> None:
        self.dishes.append(dish)


def note(order: Order, key: str, text: str) -> None:
    order.notes[key] = text


def cook(order: Order) -> None:
    for dish in ("soup", "bread"):
        order.add(dish)


@DBOS.step()
def prepare(order: Order) -> None:
    cook(order)


@DBOS.step()
def annotate(order: Order) -> int:
    note(order, "allergy", "nuts")
    return len(order.notes)


@DBOS.step()
def price(order: Order) -> int:
    total = sum(len(dish) for dish in order.dishes)
    copy = list(order.dishes)
    copy.append("tip")
    return total + len(copy)


@DBOS.step()
def rename(order: Order) -> Order:
    return Order(order.table + 1, [*order.dishes])
