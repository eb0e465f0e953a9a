"""What a value may be where its class was tested: the other classes are not followed there."""

from __future__ import annotations

import pytest

from support.analysis import flagged, marked

CLASSES = """\
import random
import time
from abc import ABC
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import NamedTuple, Protocol, runtime_checkable

from dbos import DBOS


class Event(ABC):
    name = "event"


class Opened(Event):
    def label(self) -> str:
        return "opened"


class Drawn(Event):
    def label(self) -> str:
        return str(random.random())  # flags: DBS101

    def number(self) -> int:
        return 3


class Late(Opened):
    def label(self) -> str:
        return str(time.time())  # flags: DBS001


class Pair(NamedTuple):
    left: int

    def label(self) -> str:
        return str(time.time_ns())  # flags: DBS001


@runtime_checkable
class Labelled(Protocol):
    def label(self) -> str: ...


@dataclass
class Box:
    held: object

    def label(self) -> str:
        return str(time.monotonic())  # flags: DBS002


def pair() -> object:
    return Pair(3)


def shown(value: object) -> str:
    if isinstance(value, (PurePath, Decimal)):
        return str(value)
    if isinstance(value, Opened):
        return "opened" if value.name else ""
    if not isinstance(value, Drawn):
        return "?"
    return str(value.number())


def opened_or(value: object) -> str:
    if isinstance(value, Opened) and value.name:
        return value.label()
    return "another"


def drawn_or(value: object) -> str:
    if isinstance(value, Opened):
        return "opened"
    elif isinstance(value, int) or isinstance(value, str):
        return "plain"
    else:
        return value.label()


@DBOS.workflow()
def harmless(number: int) -> list[str]:
    return [shown(each) for each in (Opened(), Drawn(), Box(1), number)]


@DBOS.workflow()
def harmless_too(number: int) -> list[str]:
    return [opened_or(each) for each in (Opened(), Drawn(), Box(1), number)]


@DBOS.workflow()
def late(number: int) -> list[str]:
    return [opened_or(each) for each in (Late(), Drawn(), number)]


@DBOS.workflow()
def drawn(number: int) -> list[str]:
    return [drawn_or(each) for each in (Opened(), Drawn(), number)]


@DBOS.workflow()
def tuples(number: int) -> str:
    value = pair()
    return value.label() if isinstance(value, tuple) and number else ""


@DBOS.workflow()
def tested_by_protocol(number: int) -> str:
    for value in (Box(number), number):
        if isinstance(value, Labelled):
            return value.label()
    return ""
"""

TUPLES = """\
import time

from dbos import DBOS

PLAIN = (str, int)


class Clock:
    def read(self) -> float:
        return time.time()  # flags: DBS001


class Fixed:
    def read(self) -> float:
        return 0.0


class Named(str):
    def read(self) -> float:
        return time.monotonic()  # flags: DBS002


def read(value: object) -> float:
    if isinstance(value, PLAIN):
        return 1.0
    assert isinstance(value, Fixed)
    return value.read()


def read_named(value: object) -> float:
    if isinstance(value, str):
        return value.read()
    return 0.0


def read_any(value: object) -> float:
    if isinstance(value, Fixed | Clock):
        return value.read()
    return 0.0


@DBOS.workflow()
def fixed(name: str) -> float:
    return sum(read(each) for each in (name, 3, Fixed(), Clock()))


@DBOS.workflow()
def named(name: str) -> float:
    return sum(read_named(each) for each in (Named(name), Fixed(), Clock()))


@DBOS.workflow()
def either(name: str) -> float:
    return sum(read_any(each) for each in (Fixed(), Clock()))
"""


@pytest.mark.parametrize("text", [CLASSES, TUPLES], ids=["classes", "tuples"])
def test_only_what_a_test_lets_through_is_followed(text: str) -> None:
    assert flagged(text) == marked(text)
