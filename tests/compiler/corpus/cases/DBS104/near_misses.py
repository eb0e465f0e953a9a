"""Identifiers that are derived, parsed, given, or made in a step."""

import uuid
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Order:
    order_id: UUID
    name: str


def uuid4() -> str:
    return "not-random"


@DBOS.workflow()
def derived(name: str) -> str:
    order_id = uuid.uuid5(uuid.NAMESPACE_DNS, name)
    save(name, str(order_id))
    return order_id.hex


@DBOS.workflow()
def old_derived(name: str) -> str:
    return str(uuid.uuid3(NAMESPACE_URL, name)) + str(uuid5(NAMESPACE_URL, name))


@DBOS.workflow()
def parsed(text: str = "12345678123456781234567812345678") -> UUID:
    order = Order(uuid.UUID(text), "first")
    save(order.name, str(order.order_id))
    return order.order_id


@DBOS.workflow()
def made_in_a_step(name: str) -> str:
    order_id = new_id()
    save(name, order_id)
    return order_id


@DBOS.workflow()
def own_function(name: str) -> str:
    save(name, uuid4())
    return uuid4()


@DBOS.workflow()
def of_the_workflow(name: str) -> str:
    order_id = f"{DBOS.workflow_id}-{name}"
    save(name, order_id)
    return order_id


@DBOS.workflow()
def recorded(name: str) -> str:
    order_id = DBOS.run_step({"name": "order id"}, lambda: str(uuid.uuid4()))
    save(name, order_id)
    return str(order_id)
