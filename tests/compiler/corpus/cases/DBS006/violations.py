"""The clock as a default: nothing in the workflow mentions it, and yet it ticks."""

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@dataclass
class Order:
    order_id: str
    created: datetime = field(default_factory=datetime.now)


@dataclass
class Payment:
    amount_cents: int
    at: float = field(default_factory=lambda: time.time())


@dataclass(frozen=True)
class Event:
    name: str
    day: date = field(default_factory=date.today)


@dataclass
class PaidOrder(Order):
    paid: bool = True


@dataclass
class Audit:
    who: str
    started: float = time.time()


def stamp(name: str, at: float = time.time()) -> str:  # flags: DBS006
    return f"{name}@{at}"


def open_order(order_id: str) -> Order:
    return Order(order_id)  # flags: DBS006


@DBOS.workflow()
def take_order(order_id: str) -> datetime:
    order = Order(order_id)  # flags: DBS006
    save(order_id, order.created)
    return order.created


@DBOS.workflow()
def pay(order_id: str) -> float:
    payment = Payment(amount_cents=500)  # flags: DBS006
    save(order_id, payment.at)
    return payment.at


@DBOS.workflow()
def celebrate(name: str) -> int:
    event = Event(name)  # flags: DBS006
    if event.day.day % 3 == 0:
        save(name, "party")
    return event.day.day


@DBOS.workflow()
def inherited_default(order_id: str) -> None:
    save(order_id, PaidOrder(order_id).created)  # flags: DBS006


@DBOS.workflow()
def default_of_the_import(name: str) -> str:
    text = stamp(name)
    save(name, text)
    return text


@DBOS.workflow()
def default_of_the_class(name: str) -> float:
    started = Audit(name).started  # flags: DBS006
    save(name, started)
    return started


@DBOS.workflow()
def in_a_helper(order_id: str) -> None:
    save(order_id, open_order(order_id).created)
