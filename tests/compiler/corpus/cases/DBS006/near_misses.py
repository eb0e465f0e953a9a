"""The same classes and functions when the moment is given, or when the default is no clock."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@dataclass
class Order:
    order_id: str
    created: datetime = field(default_factory=datetime.now)
    tags: list[str] = field(default_factory=list)


@dataclass
class Window:
    name: str
    opened: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    seconds: float = field(default_factory=lambda: 5.0)


def stamp(name: str, at: float = time.time()) -> str:
    return f"{name}@{at}"


@DBOS.step()
def new_order(order_id: str) -> Order:
    return Order(order_id)


@DBOS.workflow()
def given_keyword(order_id: str, at: datetime) -> datetime:
    order = Order(order_id, created=at)
    save(order_id, order.created)
    return order.created


@DBOS.workflow()
def given_position(order_id: str, at: datetime) -> list[str]:
    order = Order(order_id, at)
    save(order_id, order.tags)
    return order.tags


@DBOS.workflow()
def other_defaults(name: str) -> float:
    window = Window(name)
    save(name, window.opened)
    return window.seconds


@DBOS.workflow()
def given_argument(name: str) -> str:
    text = stamp(name, at=5.0)
    save(name, text)
    return stamp(name, 6.0)


@DBOS.workflow()
def built_in_a_step(order_id: str) -> datetime:
    return new_order(order_id).created


@DBOS.workflow()
def given_by_a_mapping(order_id: str, at: datetime) -> datetime:
    values = {"order_id": order_id, "created": at}
    return Order(**values).created


@DBOS.workflow()
def only_a_list(order_id: str, at: datetime) -> int:
    orders = [Order(order_id, each) for each in (at, at)]
    save(order_id, len(orders))
    return len(orders)
