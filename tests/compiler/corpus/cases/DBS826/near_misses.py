"""Generators inside durable functions, and durable functions that return lists."""

from collections.abc import Iterator

from dbos import DBOS


def numbers(count: int) -> Iterator[int]:
    for number in range(count):
        yield number * 2


@DBOS.step()
def listed(count: int) -> list[int]:
    return list(numbers(count))


@DBOS.workflow()
def expression(count: int) -> int:
    return sum(number for number in numbers(count))


@DBOS.workflow()
def nested(count: int) -> list[int]:
    def inner() -> Iterator[int]:
        yield count

    return [*inner(), *listed(count)]


@DBOS.step()
def lambda_generator(count: int) -> list[int]:
    make = lambda: (yield count)
    return list(make())


@DBOS.step()
async def comprehension(count: int) -> list[int]:
    return [number for number in numbers(count)]


@DBOS.workflow()
def loop(count: int) -> int:
    total = 0
    for number in numbers(count):
        total += number
    return total
