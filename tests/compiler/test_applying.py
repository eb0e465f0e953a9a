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
    [SUBSTITUTED, GETTERS, EXECUTORS, METACLASSES],
    ids=["substituted", "getters", "executors", "metaclasses"],
)
def test_what_is_applied_is_followed(text: str) -> None:
    assert flagged(text) == marked(text)
