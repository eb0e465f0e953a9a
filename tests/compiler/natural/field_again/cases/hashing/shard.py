import hashlib
import uuid
from dataclasses import dataclass

from dbos import DBOS


class Node:
    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True)
class Key:
    name: str


@DBOS.step()
def place(key: str, shard: int) -> None:
    print(key, shard)


def shard_of(key: str, shards: int) -> int:
    return int(hashlib.md5(key.encode()).hexdigest(), 16) % shards


def bad_shard(key: str, shards: int) -> int:
    return hash(key) % shards  # flags: DBS503


@DBOS.workflow()
def spread(keys: list[str]) -> None:
    for key in keys:
        place(key, shard_of(key, 8))
        place(str(uuid.uuid5(uuid.NAMESPACE_DNS, key)), 0)


@DBOS.workflow()
def spread_badly(keys: list[str]) -> str:
    for key in keys:
        place(key, bad_shard(key, 8))
    nodes = sorted((Node(key) for key in keys), key=id)  # flags: DBS503
    return nodes[0].name


@DBOS.workflow()
def numbers(count: int) -> int:
    return hash(count) % 3
