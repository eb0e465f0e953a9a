"""What values are: by protocols, generic bases, tables filled elsewhere, queries, wrappers."""

from __future__ import annotations

import ast

import pytest

from dbos_build.analysis.unknowns import unknown_calls
from support.analysis import analyse, flagged, marked

STEP = """\
from dbos import DBOS


@DBOS.step()
def keep(value: object) -> None:
    DBOS.logger.info(value)
"""

PROTOCOL = """\
import time
from typing import Protocol

from dbos import DBOS, DBOSConfiguredInstance


class Clock(Protocol):
    def now(self) -> float: ...

    def zone(self) -> str: ...


class Wall:
    def now(self) -> float:
        return time.time()  # flags: DBS001

    def zone(self) -> str:
        return "UTC"


class Half:
    def now(self) -> float:
        return time.monotonic()


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        super().__init__(config_name="main")

    @DBOS.workflow()
    def opened(self) -> float:
        return self.clock.now()
"""

GENERIC = """\
import random
from typing import Generic, TypeVar

from dbos import DBOS

T = TypeVar("T")


class Source(Generic[T]):
    def one(self, items: list[T]) -> T:
        return items[self.position(len(items))]

    def position(self, count: int) -> int:
        return random.randrange(count)  # flags: DBS101


class First(Source[str]):
    def position(self, count: int) -> int:
        return 0


class Any(Source[str]):
    pass


@DBOS.workflow()
def first(names: list[str]) -> str:
    return First().one(names)


@DBOS.workflow()
def some(names: list[str]) -> str:
    return Any().one(names)
"""

QUERY = """\
from datetime import datetime

from dbos import DBOS
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    due: Mapped[datetime] = mapped_column()

    def is_late(self) -> bool:
        return self.due < datetime.now()  # flags: DBS001


engine = create_engine("sqlite://")


@DBOS.workflow()
def late() -> int:
    with Session(engine) as session:
        orders = session.scalars(select(Order).where(Order.due != None)).all()  # flags: DBS205
    return sum(1 for order in orders if order.is_late())
"""

WRAPPERS = """\
import time

from dbos import DBOS


class Engine:
    def marker(self, name: str):
        def mark(function):
            return DBOS.workflow(name=name)(function)

        return mark

    def named(self, function):
        return DBOS.workflow(name=f"{function.__module__}.{function.__name__}")(function)


engine = Engine()


@engine.marker("one")
def first() -> float:
    return time.time()  # flags: DBS001


@engine.marker("two")
def second() -> float:
    return time.time()  # flags: DBS001


@engine.named
def third() -> float:
    return time.time()  # flags: DBS001
"""

STREAMS = """\
import gzip
import io
import zipfile

import pandas as pd
from dbos import DBOS


@DBOS.workflow()
def packed(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        frame = pd.read_csv(io.BytesIO(archive.read("a.csv")))
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        return len(frame) + len(file.read())


@DBOS.workflow()
def unpacked(path: str) -> int:
    with zipfile.ZipFile(path) as archive:  # flags: DBS203
        return len(archive.namelist()) + len(pd.read_csv(path))  # flags: DBS203
"""

OPTIONAL_NAMES = """\
import time
from functools import partial, wraps

from dbos import DBOS


class Registry:
    def __init__(self, api) -> None:
        self.api = api

    def workflow(self, function=None, *, name=None):
        if function is None:
            return partial(self.workflow, name=name)
        return self.api.workflow(name=name or function.__name__)(function)


def logged(function):
    @wraps(function)
    def inner(*args, **kwargs):
        DBOS.logger.info("start")
        return function(*args, **kwargs)

    return DBOS.workflow()(inner)


registry = Registry(DBOS)


@registry.workflow
def first() -> float:
    return time.time()  # flags: DBS001


@registry.workflow(name="other")
def second() -> float:
    return time.time()  # flags: DBS001


@logged
def third() -> float:
    return time.time()  # flags: DBS001
"""

SHARED = """\
import threading

from dbos import DBOS


class Account:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: list[str] = []

    def book(self, text: str) -> None:
        with self.lock:  # flags: DBS407
            self.entries.append(text)  # flags: DBS602


class Note:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, text: str) -> None:
        self.lines.append(text)


def build() -> dict[str, Account]:
    return {"main": Account()}


accounts = build()


@DBOS.step()
def draft() -> Note:
    return Note()


@DBOS.workflow()
def book(text: str) -> int:
    accounts["main"].book(text)
    note = draft()
    note.write(text)
    lock = threading.Lock()
    with lock, threading.Lock():
        return len(note.lines)
"""


TABLE = """\
from typing import Callable

HANDLERS: dict[str, list[Callable[[str], str]]] = {}


def on(kind):
    def add(function):
        HANDLERS.setdefault(kind, []).append(function)
        return function

    return add


def register(kind, function):
    HANDLERS.setdefault(kind, []).append(function)
"""

HANDLERS = """\
import os
import time

from table import on, register


@on("a")
def first(text: str) -> str:
    return text + os.environ["A"]  # flags: DBS301


def second(text: str) -> str:
    return text + str(time.time())  # flags: DBS001


register("a", second)
"""

FLOW = """\
from dbos import DBOS

import handlers
from table import HANDLERS


@DBOS.workflow()
def run(text: str) -> str:
    for handler in HANDLERS["a"]:
        text = handler(text)
    return text
"""


@pytest.mark.parametrize(
    "text",
    [PROTOCOL, GENERIC, QUERY, WRAPPERS, OPTIONAL_NAMES, STREAMS, SHARED],
    ids=["protocol", "generic", "query", "wrappers", "optional names", "streams", "shared"],
)
def test_findings_stand_where_the_marks_are(text: str) -> None:
    ast.parse(text)
    assert flagged(text) == marked(text)


def test_each_use_of_a_wrapper_has_its_own_name() -> None:
    names = sorted(each.name for each in analyse(WRAPPERS).workflows)
    assert names == ["main.third", "one", "two"]
    names = sorted(each.name for each in analyse(OPTIONAL_NAMES).workflows)
    assert names == ["first", "other", "third"]


def test_a_protocol_that_nothing_implements_is_unknown() -> None:
    text = PROTOCOL.replace('def zone(self) -> str:\n        return "UTC"', "zone = None")
    text = text.replace("  # flags: DBS001", "").replace("    def zone(self) -> str: ...\n", "")
    text = text.replace(
        "def now(self) -> float:\n        return time",
        "def then(self) -> float:\n        return time",
    )
    assert flagged(text) == []
    assert [each.name for each in unknown_calls(analyse(text))] == ["self.clock.now"]


def test_tables_filled_in_other_modules_are_followed() -> None:
    files = {"table.py": TABLE, "handlers.py": HANDLERS, "flow.py": FLOW}
    assert flagged(files) == marked(files)
