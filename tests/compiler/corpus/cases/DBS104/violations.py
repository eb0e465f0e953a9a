"""Random identifiers: the replay makes a new order, a new file, a new key."""

import uuid
import uuid as ids
from dataclasses import dataclass, field
from uuid import UUID, uuid1, uuid4
from uuid import uuid4 as new_id

from dbos import DBOS

make = uuid.uuid4


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@dataclass
class Order:
    name: str
    order_id: str = field(default_factory=lambda: str(uuid4()))


class Repository:
    @classmethod
    def next_id(cls) -> UUID:
        return ids.uuid4()  # flags: DBS104


def file_name(prefix: str) -> str:
    def suffix() -> str:
        return uuid4().hex[:8]  # flags: DBS104

    return f"{prefix}-{suffix()}.csv"


@DBOS.workflow()
def place_order(name: str) -> str:
    order_id = uuid.uuid4()  # flags: DBS104
    save(name, str(order_id))
    return str(order_id)


@DBOS.workflow()
def time_based(name: str) -> str:
    order_id = str(uuid1())  # flags: DBS104
    save(name, order_id)
    return order_id


@DBOS.workflow()
def from_repository(name: str) -> str:
    order_id = Repository.next_id().hex
    save(name, order_id)
    return order_id


@DBOS.workflow()
def export(name: str) -> str:
    file = file_name(name)
    save(name, file)
    return file


@DBOS.workflow()
def in_a_dictionary(names: list[str]) -> dict[str, str]:
    keys = {name: str(new_id()) for name in names}  # flags: DBS104
    save("keys", keys)
    return keys


@DBOS.workflow()
def with_alias(name: str) -> str:
    save(name, f"{name}-{make()}")  # flags: DBS104
    return name


@DBOS.workflow()
def many(count: int) -> list[str]:
    ids = [uuid.uuid4().hex for _ in range(count)]  # flags: DBS104
    save("ids", ids)
    return ids


@DBOS.workflow()
def default_identifier(name: str) -> str:
    order = Order(name)  # flags: DBS104
    save(name, order.order_id)
    return order.order_id
