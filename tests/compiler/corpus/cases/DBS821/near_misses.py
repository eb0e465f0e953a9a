"""Arguments that fit."""

import asyncio
from functools import partial

from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders")
client = DBOSClient("sqlite:///shop.sqlite")


@DBOS.workflow()
def one(name: str, count: int = 1) -> str:
    return name * count


@DBOS.workflow()
def number(count: float) -> float:
    return count


@DBOS.workflow()
def anything(*names: str, **options: int) -> int:
    return len(names) + len(options)


@DBOS.workflow()
def untyped(value) -> str:
    return str(value)


class Shop:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str, *, count: int) -> str:
        return name * count


def default(name: str) -> object:
    return DBOS.start_workflow(one, name)


def both(name: str) -> object:
    return orders.enqueue(one, name, count=3)


def whole_number() -> object:
    return DBOS.start_workflow(number, 3)


def variadic(names: list[str]) -> object:
    return orders.enqueue(anything, *names, limit=3)


def no_annotation() -> object:
    return DBOS.start_workflow(untyped, {"a": 1})


def keyword_only(name: str) -> object:
    return DBOS.start_workflow(Shop.sell, name, count=3)


def unpacked(values: dict[str, str]) -> object:
    return DBOS.start_workflow(one, **values)


def client_fits(name: str) -> object:
    return client.enqueue({"workflow_name": "one", "queue_name": "orders"}, name, 3)


def client_names_a_method(name: str) -> object:
    return client.enqueue({"workflow_name": "Shop.sell", "queue_name": "orders"}, name, count=3)


def by_queue_name(name: str) -> object:
    return DBOS.enqueue_workflow("orders", one, name, count=3)


@DBOS.workflow()
def waits(name: str) -> object:
    return DBOS.recv("paid", timeout_seconds=60) or DBOS.recv(topic="paid")


@DBOS.workflow()
def hands_on(*names: str, **options: float) -> object:
    return DBOS.recv(*names, **options)


@DBOS.workflow(max_recovery_attempts=3)
def recovers(name: str) -> object:
    return DBOS.get_event(name, "state", 60)


def endpoint_with_a_key(name: str) -> object:
    return DBOS.list_workflows(status="PENDING", name=name, limit=3)


def handed_on(names: list[str]) -> list[object]:
    start = partial(DBOS.start_workflow, one, count=2)
    return [*map(start, names), *map(partial(orders.enqueue, one), names)]


@DBOS.workflow()
async def in_a_thread(name: str) -> object:
    await asyncio.to_thread(DBOS.set_event, "state", name)
    return await asyncio.to_thread(DBOS.start_workflow, one, name, 3)
