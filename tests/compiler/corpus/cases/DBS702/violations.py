"""A value that differs ends in durable data: arguments, events, messages, results."""

import os
import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.workflow()
def child(name: str) -> str:  # steady: the child itself is clean
    save(name, 1)
    return name


@dataclass
class Order:
    name: str
    created: float


def stamped(name: str) -> Order:
    return Order(name, time.time())  # flags: DBS001:error


@DBOS.workflow()
def argument(name: str) -> str:
    save(name, time.time())  # flags: DBS001:error
    return name


@DBOS.workflow()
def event(name: str) -> str:
    DBOS.set_event("at", datetime.now().isoformat())  # flags: DBS001:error
    return name


@DBOS.workflow()
def message(name: str) -> str:
    DBOS.send(name, uuid.uuid4().hex)  # flags: DBS104:error
    return name


@DBOS.workflow()
def result(name: str) -> float:
    save(name, 1)
    return random.random()  # flags: DBS101:error


@DBOS.workflow()
def started(name: str) -> str:
    DBOS.start_workflow(child, f"{name}-{random.random()}")  # flags: DBS101:error
    return name


@DBOS.workflow()
def enqueued(name: str) -> str:
    host = os.getpid()  # flags: DBS303:error
    orders.enqueue(child, f"{name}@{host}")
    return name


@DBOS.workflow()
def in_a_field(name: str) -> str:
    order = stamped(name)
    save(order.name, order.created)
    return name


@DBOS.workflow()
def slept(name: str) -> str:
    DBOS.sleep(random.uniform(1, 5))  # flags: DBS101:error
    return name


@DBOS.workflow()
def in_an_exception(name: str) -> str:
    number = random.random()  # flags: DBS101:error
    raise ValueError(f"{name} failed with {number}")


@DBOS.workflow()
def in_a_container(name: str) -> dict[str, float]:
    values: dict[str, float] = {}
    values[name] = time.time()  # flags: DBS001:error
    save(name, values)
    return values
