"""Counters and iterators of the module: how far they are depends on what ran before."""

import itertools
import random
from itertools import count, cycle

from dbos import DBOS

IDS = itertools.count(1)
SHARDS = cycle(["a", "b", "c"])
NUMBERS = iter(range(1000))
SEEDED = random.Random(42)


def numbered():
    number = 0
    while True:
        yield number
        number += 1


SEQUENCE = numbered()


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def next_id() -> int:
    return next(IDS)  # flags: DBS609


class Balancer:
    shards = cycle(range(5))

    def pick(self) -> int:
        return next(self.shards)  # flags: DBS609


@DBOS.workflow()
def numbered_order(name: str) -> int:
    number = next(IDS)  # flags: DBS609
    save(name, number)
    return 1


@DBOS.workflow()
def by_helper(name: str) -> str:
    save(name, next_id())
    return name


@DBOS.workflow()
def sharded(name: str) -> str:
    shard = next(SHARDS)  # flags: DBS609
    save(name, shard)
    return shard


@DBOS.workflow()
def by_method(name: str) -> str:
    save(name, Balancer().pick())
    return name


@DBOS.workflow()
def from_an_iterator(name: str) -> int:
    number = next(NUMBERS, 0)  # flags: DBS609
    save(name, number)
    return number


@DBOS.workflow()
def from_a_generator(name: str) -> int:
    number = SEQUENCE.__next__()  # flags: DBS609
    save(name, number)
    return number


@DBOS.workflow()
def from_a_shared_generator(name: str) -> float:
    value = SEEDED.random()  # flags: DBS609
    save(name, value)
    return value
