"""Hashes that are the same in every process."""

import hashlib
import zlib
from dataclasses import dataclass

from dbos import DBOS


@DBOS.step()
def store(shard: object, name: object) -> str:
    return f"{shard}-{name}"


@DBOS.step()
def local_shard(name: str) -> int:
    return hash(name) % 4


@dataclass(frozen=True)
class Order:
    name: str
    amount: int


class Locker:
    def hash(self, name: str) -> int:
        return len(name)


def id_of(name: str) -> str:
    return f"id-{name}"


@DBOS.workflow()
def digest(name: str) -> str:
    return store(hashlib.sha256(name.encode()).hexdigest(), name)


@DBOS.workflow()
def checksum(name: str) -> str:
    return store(zlib.crc32(name.encode()) % 4, name)


@DBOS.workflow()
def of_a_number() -> str:
    return store(hash(5), "five")


@DBOS.workflow()
def in_a_step(name: str) -> str:
    return store(local_shard(name), name)


@DBOS.workflow()
def own_hash(name: str) -> str:
    return store(Locker().hash(name), id_of(name))


@DBOS.workflow()
def parameter_named_id(id: str) -> str:
    return store(id, id)


@DBOS.workflow()
def text_of_a_dataclass(name: str) -> str:
    return store(0, repr(Order(name, 3)))


@DBOS.workflow()
def as_a_key(name: str) -> int:
    amounts = {Order(name, 3): 5}
    store(0, amounts[Order(name, 3)])
    return amounts[Order(name, 3)]
