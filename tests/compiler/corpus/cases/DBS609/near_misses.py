"""Counters of the call, and sequences that are only looked at."""

import itertools
from itertools import count

from dbos import DBOS

NUMBERS = range(5)
IDS = itertools.count(1)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def next_id() -> int:
    return next(IDS)


def numbered(start: int):
    while True:
        yield start
        start += 1


class Page:
    def __init__(self) -> None:
        self.numbers = count(1)

    def next(self) -> int:
        return next(self.numbers)


@DBOS.workflow()
def local_counter(names: list[str]) -> list[int]:
    ids = itertools.count(1)
    numbers = [next(ids) for _ in names]
    save("numbers", numbers)
    return numbers


@DBOS.workflow()
def local_generator(name: str) -> int:
    sequence = numbered(5)
    next(sequence)
    number = next(sequence)
    save(name, number)
    return number


@DBOS.workflow()
def local_page(name: str) -> int:
    page = Page()
    page.next()
    save(name, page.next())
    return page.next()


@DBOS.workflow()
def module_range(name: str) -> list[int]:
    numbers = [number * 2 for number in NUMBERS]
    save(name, numbers)
    return numbers


@DBOS.workflow()
def in_a_step(name: str) -> int:
    return next_id()


@DBOS.workflow()
def first_of_a_tuple(name: str) -> int:
    first = next(iter(NUMBERS))
    save(name, first)
    return first
