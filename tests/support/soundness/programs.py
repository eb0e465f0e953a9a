"""Random programs with one workflow `main`, and calls of it.

In: a seed. Out: the text of a module: a fixed head with steps, a class, context managers and global
state, some helpers, and the workflow. Every program of one kind has the same head, so that edits
find something of each sort.
Never: depends on anything but the seed.
"""

from __future__ import annotations

from random import Random

from support.soundness.edits import is_python
from support.soundness.grammar import Helper, Writer, forms

HEAD = """import asyncio
import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from dbos import DBOS, Queue, SetWorkflowID

logger = logging.getLogger("program")
queue = Queue("work")
N = 2
G = []
FEES = {"a": 1, "b": 2, "c": 3}
tally = {}


class Refused(Exception):
    pass


class Late(Refused):
    pass


@DBOS.step()
def count(*given) -> int: ...


@DBOS.step()
def rows(*given) -> list: ...


@DBOS.step()
def table(*given) -> dict: ...


@DBOS.step(name="worded")
def word(*given) -> str: ...


@DBOS.step()
def flag(*given) -> bool: ...


@DBOS.transaction()
def boxed(*given): ...


@DBOS.step()
async def count_later(*given) -> int: ...


@DBOS.step()
async def rows_later(*given) -> list: ...


@DBOS.step()
async def table_later(*given) -> dict: ...


@DBOS.step()
async def word_later(*given) -> str: ...


@DBOS.step()
async def flag_later(*given) -> bool: ...


@DBOS.step()
async def boxed_later(*given): ...


@DBOS.workflow()
def child(*given) -> int: ...


def yes(n9):
    return n9 + 1


def no(n9):
    return n9 - 1


def grow(l9, n9):
    l9.append(n9)
    return l9


def upto(n9):
    while n9 > 0:
        n9 -= 1
        yield n9


def check(n9):
    if n9 > 3:
        raise Late("large")
    return n9


def bump(n9):
    global N
    N += n9


@dataclass
class Box:
    n: int
    items: list = field(default_factory=list)

    @property
    def size(self):
        return len(self.items) + 1

    def total(self, n9):
        return self.n + n9

    def add(self, n9):
        self.items.append(n9)
        return self.items

    def twin(self):
        return Box(self.n, self.items)

    @classmethod
    def of(cls, n9):
        return cls(n9, [n9])


class Gate:
    def __init__(self, held):
        self.held = held

    def __enter__(self):
        self.held.append(7)
        return len(self.held)

    def __exit__(self, kind, error, trace):
        self.held.append(8)


@contextmanager
def opened(held):
    held.append(5)
    yield len(held)
    held.append(6)
"""
INPUTS: tuple[tuple[object, ...], ...] = (
    (0, [], {}),
    (1, [2], {"a": 1}),
    (2, [1, 3], {"b": 0}, 5),
    (5, [3, 0, 1], {"a": 4, "c": 1}, 1),
)
"""What `main` is called with."""


def program(seed: int) -> str:
    """The text of a program."""
    chance = Random(seed)
    while True:
        text = _drafted(chance)
        if is_python(text):
            return text


def _drafted(chance: Random) -> str:
    """A program, now and then one with an `await` where none may stand."""
    is_async = chance.random() < 0.12
    used = forms(chance)
    helpers: list[Helper] = []
    parts = [HEAD]
    for number in range(chance.choice((0, 1, 1, 2))):
        made, text = _helper(Writer(chance, used, tuple(helpers)), number, is_async=is_async)
        helpers.append(made)
        parts.append(text)
    writer = Writer(chance, used, tuple(helpers), is_async=is_async)
    lines = writer.block(chance.choice((2, 3, 4, 5)), 2)
    asks = any(word in line for line in lines for word in ("(", "DBOS"))
    if not asks or chance.random() < 0.7:
        lines.append(writer.operation())
    every = "n0, n1, n2, l0, l1, d0, d1, s0, o0, N, G, tally"
    if chance.random() < 0.3:
        lines.append(f"await count_later({every})" if is_async else f"count({every})")
    result = chance.choice(("n0", "l0", f"({every})"))
    head = "async def" if is_async else "def"
    body = [
        "n2 = 0", "l1 = [n1]", 'd1 = {"a": n0}', 's0 = "s"', "o0 = Box(n0)", *lines,
        f"return {result}",
    ]  # fmt: skip
    parts.append(f"\n\n@DBOS.workflow()\n{head} main(n0, l0, d0, n1=2):\n" + _indented(body))
    return "".join(parts)


def _helper(writer: Writer, number: int, *, is_async: bool) -> tuple[Helper, str]:
    """A function beside the workflow, in which all names are bound from its parameters."""
    chance = writer.chance
    takes = "".join(chance.choice("nnlldo") for _ in range(chance.choice((1, 2, 2))))
    is_durable = chance.random() < 0.5
    is_later = is_async and is_durable
    made = Helper(f"help{number}", takes, chance.choice("nnlldso"), is_durable, is_later)
    writer.asks, writer.is_async = is_durable, is_later
    names = [f"{kind}{place}" for place, kind in enumerate(takes)]
    every = {
        "n0": "1", "n1": "3", "n2": "0", "l0": "[]", "l1": "[2]", "d0": "{}", "d1": '{"b": 1}',
        "s0": '"h"', "o0": "Box(1)",
    }  # fmt: skip
    bound = [f"{name} = {value}" for name, value in every.items() if name not in names]
    shown = list(names)
    if chance.random() < 0.3:
        shown[-1] += f"={every.get(names[-1], '4') if names[-1] in every else 'Box(2)'}"
    lines = [*bound, *writer.block(chance.choice((1, 2, 3)), 1)]
    lines.append(f"return {writer.expression(made.gives, 1)}")
    head = "async def" if is_later else "def"
    return made, f"\n\n{head} {made.name}({', '.join(shown)}):\n{_indented(lines)}"


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)
