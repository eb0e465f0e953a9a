"""Hashes of text and addresses of objects: numbers of this process."""

from dbos import DBOS


@DBOS.step()
def store(shard: object, name: object) -> str:
    return f"{shard}-{name}"


class Order:
    """Without a `__repr__` of its own."""

    def __init__(self, name: str) -> None:
        self.name = name


def shard_of(name: str) -> int:
    return hash(name) % 1024  # flags: DBS503


class Router:
    shards = 1024

    def route(self, name: str) -> int:
        return abs(hash(name)) % self.shards  # flags: DBS503


@DBOS.workflow()
def sharded(name: str) -> str:
    return store(hash(name) % 1024, name)  # flags: DBS503


@DBOS.workflow()
def by_helper(name: str) -> str:
    return store(shard_of(name), name)


@DBOS.workflow()
def by_method(name: str) -> str:
    return store(Router().route(name), name)


@DBOS.workflow()
def by_address(name: str) -> str:
    return store(id(Order(name)), name)  # flags: DBS503


@DBOS.workflow()
def sorted_by_hash(names: list[str]) -> list[str]:
    ordered = sorted(names, key=hash)  # flags: DBS503
    store(0, ordered)
    return ordered


@DBOS.workflow()
def of_a_tuple(name: str) -> str:
    key = hash((name, 3))  # flags: DBS503
    return store(key, name)


@DBOS.workflow()
def own_hash(name: str) -> str:
    return store(name.__hash__(), name)  # flags: DBS503


@DBOS.workflow()
def default_text(name: str) -> str:
    return store(0, repr(Order(name)))  # flags: DBS503
