"""Functions that others apply, and what they give: substitutions, getters, executors, metaclasses.

Each violation is reached through one of them only, with a call of the same form beside it that does
no harm.
"""

from __future__ import annotations

import pytest

from support.analysis import flagged, marked

SUBSTITUTED = """\
import random
import re
import time

from dbos import DBOS

FIELD = re.compile(r"{(\\w+)}")


class Scrambled:
    def __init__(self, letters: str) -> None:
        self.letters = letters

    def __call__(self, match):
        return random.choice(self.letters)  # flags: DBS101


class Masked:
    def __call__(self, match):
        return "*" * len(match.group())


def stamped(match):
    return str(time.time())  # flags: DBS001


@DBOS.step()
def keep(text: str) -> str:
    return text


@DBOS.workflow()
def differs(text: str) -> str:
    text, count = re.subn("x", Scrambled("abc"), text)
    return keep(FIELD.sub(repl=stamped, string=text) * count)


@DBOS.workflow()
def same(text: str) -> str:
    text = re.sub(r"\\d", Masked(), FIELD.sub("?", text))
    return keep(FIELD.sub(lambda match: match[1].upper(), text))
"""

GETTERS = """\
import time
from dataclasses import dataclass
from operator import attrgetter, methodcaller

from dbos import DBOS


@dataclass
class Owner:
    born: float

    @property
    def age(self) -> float:
        return time.time() - self.born  # flags: DBS001


@dataclass
class Pet:
    name: str
    owner: Owner

    def older(self, years: int, *, exact: bool) -> float:
        return years + time.monotonic()  # flags: DBS002

    def label(self, mark: str) -> str:
        return mark + self.name


@DBOS.workflow()
def by_age(pets: list[Pet]) -> list[Pet]:
    return sorted(pets, key=attrgetter("owner.age"))


@DBOS.workflow()
def grown(pets: list[Pet]) -> list[float]:
    return list(map(methodcaller("older", 3, exact=True), pets))


@DBOS.workflow()
def steady(pets: list[Pet]) -> list[str]:
    ordered = sorted(pets, key=attrgetter("owner.born", "name"))
    return list(map(methodcaller("label", "#"), sorted(ordered, key=attrgetter("name"))))
"""

PARTIAL_METHODS = """\
import time
from functools import cmp_to_key, partialmethod

from dbos import DBOS


class Ledger:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def _book(self, side: str, amount: int) -> None:
        self.lines.append(f"{side} {amount} {self.stamp()}")

    def stamp(self) -> float:
        return time.time()  # flags: DBS001

    def _note(self, mark: str, text: str) -> str:
        return mark + text + str(len(self.lines))

    debit = partialmethod(_book, "debit")
    remark = partialmethod(_note, mark="#")


def by_luck(one: str, other: str) -> int:
    return len(one) - len(other) + int(time.monotonic())  # flags: DBS002


def by_length(one: str, other: str) -> int:
    return len(one) - len(other)


@DBOS.workflow()
def booked(amount: int) -> list[str]:
    ledger = Ledger()
    ledger.debit(amount)
    return ledger.lines


@DBOS.workflow()
def remarked(text: str) -> str:
    return Ledger().remark(text=text)


@DBOS.workflow()
def compared(names: list[str]) -> list[str]:
    return sorted(names, key=cmp_to_key(by_luck))


@DBOS.workflow()
def ordered(names: list[str]) -> list[str]:
    return sorted(names, key=cmp_to_key(by_length))
"""

GROUPS = """\
import heapq
import random
import time
from itertools import accumulate, groupby

from dbos import DBOS


def drawn(name: str) -> int:
    return random.randrange(9)  # flags: DBS101


def worth(name: str) -> float:
    return time.time()  # flags: DBS001


def later(total: float, number: float) -> float:
    return total + number + time.monotonic()  # flags: DBS002


class Pair:
    def __init__(self, name: str) -> None:
        self.name = name

    def initial(self) -> str:
        return self.name[:1]


@DBOS.workflow()
def grouped(names: list[str]) -> list[int]:
    return [key for key, _ in groupby(names, key=drawn)]


@DBOS.workflow()
def largest(names: list[str]) -> list[str]:
    return heapq.nlargest(3, names, key=worth)


@DBOS.workflow()
def summed(numbers: list[float]) -> list[float]:
    return list(accumulate(numbers, later, initial=0.0))


@DBOS.workflow()
def steady(names: list[str]) -> dict[str, list[str]]:
    pairs = [Pair(name) for name in heapq.nsmallest(2, names)]
    groups = groupby(pairs, key=Pair.initial)
    return {key: [each.initial() for each in group] for key, group in groups}
"""

MANAGERS = """\
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, aclosing, closing, nullcontext

from dbos import DBOS


class Timer:
    def __enter__(self) -> "Timer":
        self.started = time.perf_counter()  # flags: DBS002
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def seconds(self) -> float:
        return time.monotonic() - self.started  # flags: DBS002


class Ticket:
    async def __aenter__(self) -> str:
        return str(random.random())  # flags: DBS101

    async def __aexit__(self, *_: object) -> None:
        return None


class Pages:
    def __init__(self) -> None:
        self.pages: list[str] = []

    def __enter__(self) -> int:
        return int(time.time())

    def __exit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        self.pages.append(str(time.time_ns()))  # flags: DBS001

    def leaf(self) -> str:
        return self.pages[0]


@DBOS.step()
def keep(text: object) -> None:
    DBOS.logger.info(text)


@DBOS.workflow()
def timed() -> float:
    with ExitStack() as stack:
        timer = stack.enter_context(Timer())
        return timer.seconds()


@DBOS.workflow()
async def ticketed() -> str:
    async with AsyncExitStack() as stack:
        return await stack.enter_async_context(Ticket())


@DBOS.workflow()
def closed() -> str:
    with closing(Pages()) as pages, nullcontext(pages) as same:
        keep(same.leaf())
    return pages.leaf()


async def numbers() -> Iterator[int]:
    yield 1


@DBOS.workflow()
async def streamed() -> int:
    total = 0
    async with aclosing(numbers()) as stream:
        async for number in stream:
            total += number
    return total
"""

EXECUTORS = """\
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from dbos import DBOS


class Reading:
    def __init__(self, number: int) -> None:
        self.number = number

    def aged(self) -> float:
        return time.time()  # flags: DBS001

    def doubled(self) -> int:
        return self.number * 2


def read(number: int) -> Reading:
    return Reading(number)


@DBOS.workflow()
async def in_an_executor(number: int) -> float:
    loop = asyncio.get_running_loop()
    reading = await loop.run_in_executor(None, read, number)  # flags: DBS401
    return reading.aged()


@DBOS.workflow()
def in_a_pool(numbers: list[int]) -> float:
    with ThreadPoolExecutor() as pool:  # flags: DBS401
        futures = [pool.submit(read, number) for number in numbers]
        ended = [future.result().aged() for future in as_completed(futures)]  # flags: DBS404
        return sum(each.aged() for each in pool.map(read, numbers)) + sum(ended)


@DBOS.workflow()
async def in_a_thread(number: int) -> int:
    return (await asyncio.to_thread(read, number)).doubled()
"""

METACLASSES = """\
import uuid

from dbos import DBOS


class Numbering(type):
    prefix = "n"

    def fresh(cls):
        return cls(str(uuid.uuid4()))  # flags: DBS104

    def blank(cls):
        return cls("")

    @property
    def any_number(cls):
        return uuid.uuid1()  # flags: DBS104


class Numbered(metaclass=Numbering):
    def __init__(self, number: str) -> None:
        self.number = number


class Order(Numbered):
    def label(self) -> str:
        return self.number.upper()


@DBOS.workflow()
def fresh() -> str:
    return Order.fresh().label()


@DBOS.workflow()
def numbered() -> str:
    return str(Order.any_number)


@DBOS.workflow()
def blank() -> str:
    return Order.blank().label() + Order.prefix
"""


@pytest.mark.parametrize(
    "text",
    [SUBSTITUTED, GETTERS, PARTIAL_METHODS, GROUPS, MANAGERS, EXECUTORS, METACLASSES],
    ids=[
        "substituted",
        "getters",
        "partial methods",
        "groups",
        "managers",
        "executors",
        "metaclasses",
    ],
)
def test_what_is_applied_is_followed(text: str) -> None:
    assert flagged(text) == marked(text)
