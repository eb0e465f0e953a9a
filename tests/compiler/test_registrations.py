"""Functions that are handed to something at the top of a module, and called by it from afar.

What `singledispatch` chooses from, signals send to and plug-in managers ask is found wherever it is
registered; what is registered for another type, signal or hook is not.
"""

from __future__ import annotations

import pytest

from dbos_build.analysis.unknowns import unknown_calls
from dbos_build.checking.relevance import facts, relevant
from dbos_build.reading.module import Module
from support.analysis import analyse, flagged, marked

DISPATCHER = """\
from functools import singledispatch


@singledispatch
def text(value: object) -> str:
    return "?"


@singledispatch
def size(value: object) -> int:
    raise TypeError(value)
"""

REGISTERED = """\
import random
import time

import shapes
from shapes import size, text as shown


class Clock:
    pass


class Fixed:
    pass


@shapes.text.register(Clock)
def _(value) -> str:
    return str(time.time())  # flags: DBS001


@shown.register
def _(value: Fixed) -> str:
    return "fixed"


@shown.register(bytes)
def _(value) -> str:
    return str(time.monotonic())


def size_of_clock(value):
    return random.randint(0, 9)  # flags: DBS101


size.register(Clock, size_of_clock)
size.register(Fixed, lambda value: random.randint(0, 9))
size.register(str)(len)
shown.register(list, lambda value: str(time.time_ns()))  # flags: DBS001
"""

CHOOSING = """\
from clocks import Clock, Fixed
from dbos import DBOS
from shapes import size, text


@DBOS.workflow()
def told() -> str:
    return text(Clock()) + str(size(Clock()))


@DBOS.workflow()
def steady(name: str, count: int) -> str:
    return text(Fixed()) + text(name) + text({"a": 1}) + text(count) + str(size("a"))


@DBOS.workflow()
def listed(names: list[str]) -> str:
    return text(names)
"""


def test_what_another_module_registers_is_chosen_by_its_type() -> None:
    files = {"shapes.py": DISPATCHER, "clocks.py": REGISTERED, "flow.py": CHOOSING}
    assert flagged(files) == marked(files)


SIGNALS = """\
import time
import uuid

from blinker import Namespace, Signal, signal
from django.dispatch import Signal as DjangoSignal
from django.dispatch import receiver

shop = Namespace()
opened = shop.signal("opened")
closed = signal("closed")
idle = Signal()
paid = DjangoSignal()
refunded = DjangoSignal()


@opened.connect
def stamp(sender, ticket):
    ticket["at"] = time.time()  # flags: DBS001


@signal("closed").connect_via("board")
def number(sender):
    return uuid.uuid4()  # flags: DBS104


@idle.connect
def never_sent(sender):
    return time.time()


@receiver([paid, refunded])
def book(sender, **given):
    return uuid.uuid1()  # flags: DBS104


def forget(sender, **given):
    return time.time_ns()


refunded.connect(forget)
"""

SENDING = """\
from dbos import DBOS
from signals import closed, paid, shop


@DBOS.workflow()
def sends(ticket: dict[str, object]) -> list[object]:
    shop.signal("opened").send("board", ticket=ticket)
    answers = closed.send("board")
    paid.send(sender="shop", amount=3)
    return [answer for _, answer in answers]


@DBOS.workflow()
def sends_what_nobody_hears(name: str) -> int:
    return len(shop.signal("renamed").send(name))
"""

HOOKS = """\
import random

import pluggy

asked = pluggy.HookspecMarker("board")
answers = pluggy.HookimplMarker("board")


class Board:
    @asked
    def score(self, ticket: str) -> int: ...

    @asked(firstresult=True)
    def route(self, ticket: str) -> object: ...

    @asked
    def label(self, ticket: str) -> str: ...


class Rota:
    def __init__(self, people: list[str]) -> None:
        self.people = people

    @answers(tryfirst=True)
    def route(self, ticket):
        return Person(random.choice(self.people))  # flags: DBS101

    @answers
    def label(self, ticket):
        return ticket.upper()


class Person:
    def __init__(self, name):
        self.name = name

    def shift(self):
        return random.randint(1, 3)  # flags: DBS101


class Elsewhere:
    def score(self, ticket):
        return random.random()
"""

ASKING = """\
import pluggy
from dbos import DBOS
from hooks import Rota

plugins = pluggy.PluginManager("board")
plugins.register(Rota(["ada"]))


@DBOS.workflow()
def routed(ticket: str) -> int:
    return plugins.hook.route(ticket=ticket).shift()


@DBOS.workflow()
def labelled(ticket: str) -> str:
    return "".join(plugins.hook.label(ticket=ticket))
"""


@pytest.mark.parametrize(
    "files",
    [
        {"signals.py": SIGNALS, "flow.py": SENDING},
        {"hooks.py": HOOKS, "flow.py": ASKING},
    ],
    ids=["signals", "hooks"],
)
def test_what_is_registered_runs_where_it_is_called(files: dict[str, str]) -> None:
    assert flagged(files) == marked(files)


def test_a_hook_that_nothing_implements_is_unknown() -> None:
    text = ASKING.replace("hook.label", "hook.colour").replace("hook.route", "hook.shape")
    unknown = {each.name for each in unknown_calls(analyse({"hooks.py": HOOKS, "flow.py": text}))}
    hooks = "pluggy.PluginManager.hook"
    assert {f"{hooks}.colour", f"{hooks}.shape"} <= unknown


@pytest.mark.parametrize(
    "line",
    [
        "@shapes.text.register(int)",
        "@text.register",
        "shapes.text.register(int, str)",
        "@opened.connect",
        "@board.hookimpl(tryfirst=True)",
        "@receiver(saved)",
    ],
)
def test_a_file_that_registers_something_is_looked_at_though_nothing_imports_it(line: str) -> None:
    shapes = "def text(value): ...\n"
    flow = "from dbos import DBOS\nimport shapes\n"
    other = f"import shapes\n{line}\ndef number(value): ...\n"
    beside = "import shapes\nregister = 3\n"
    files = {"shapes.py": shapes, "flow.py": flow, "other.py": other, "beside.py": beside}
    found = relevant(
        (Module(path[:-3], path, False, text, None, None, ()), facts(text, None))
        for path, text in files.items()
    )
    assert found == {"shapes.py", "flow.py", "other.py"}
