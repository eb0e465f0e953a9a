"""Extracting a selection to a step: what is refused first, then that the program does the same."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from dbos_build.fixes.change import Unfixable
from dbos_build.fixes.selecting import extract

HEAD = """\
from dbos import DBOS


@DBOS.workflow()
"""
REFUSALS = {
    "half a name": ("def f(name):\n    return name", "ame", "neither one expression"),
    "blanks": ("def f():\n    return 1", "    ", "neither one expression"),
    "half a statement": ("def f(a):\n    b = a + 1\n    return b", "a + 1\n    ret", "neither one"),
    "a target": ("def f(a):\n    a.b = 1", "a.b", "not a value that is read"),
    "a keyword": ("def f(a):\n    return a(key=1)", "key", "part of a name"),
    "a parameter": ("def f(first):\n    return 1", "first", "part of a name"),
    "a change of an argument": ("def f(a):\n    a.append(1)", "a.append(1)", "which the workflow"),
    "an element written": ("def f(a):\n    a[0] = 1", "a[0] = 1", "which the workflow keeps"),
    "an early way out": (
        "def f(a):\n    if a:\n        return 1\n    b = 2\n    return b",
        "if a:\n        return 1\n    b = 2",
        "returns before its end",
    ),
    "a way out of a loop": (
        "def f(a):\n    for b in a:\n        if b:\n            break",
        "if b:\n            break",
        "leaves a loop",
    ),
    "a name that may be missing": (
        "def f(a):\n    if a:\n        b = 1\n    return b",
        "if a:\n        b = 1",
        "`b` is not set on every way",
    ),
    "a method of the object": ("def f(self):\n    return self.g()", "self.g()", "needs `self`"),
    "a generator": ("def f(a):\n    yield a", "yield a", "yields"),
    "a lambda's body": ("def f():\n    return lambda a: a * 2", "a * 2", "inside a lambda"),
    "a walrus": ("def f(a):\n    return (b := a) + b", "(b := a) + b", "assigns or yields"),
    "a text of several lines": (
        'def f(a):\n    b = """\n    x"""\n    return b',
        'b = """\n    x"""',
        "a string of several lines",
    ),
}


@pytest.mark.parametrize(("code", "selection", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_what_a_replay_would_lose_is_refused(code: str, selection: str, reason: str) -> None:
    text = HEAD + code + "\n"
    start = text.index(selection, len(HEAD))
    with pytest.raises(Unfixable, match=reason.replace("[", r"\[")):
        extract(text, start, start + len(selection))


def test_what_is_durable_stays() -> None:
    text = HEAD + "def f(order):\n    total = charge(order)\n    return total\n"
    start = text.index("total = charge(order)")
    with pytest.raises(Unfixable, match="`charge` is durable, or calls what is"):
        extract(text, start, start + 21, durable=frozenset({(6, 12)}))


def test_code_of_no_function_is_refused() -> None:
    text = "import time\n\nstarted = time.time()\n"
    with pytest.raises(Unfixable, match="when the module is loaded"):
        extract(text, text.index("time.time()"), len(text) - 1)


PROGRAM = '''\
from dbos import DBOS


class Rates:
    base = 3


def fetch(name, seen=[]):
    seen.append(name)
    return {"price": len(name) + len(seen) * 0}


@DBOS.workflow()
def order(items: list[str], rate, deep=((1, 2), (3,))):
    """Names of every kind: bound in one place, in several, in some ways only."""
    name = "🎉 order"; first, *rest = items
    total = 0
    for item in items:
        price = fetch(item)
        if price["price"] > 4:
            total += price["price"]
        else:
            total = total + 1
        last = item
    words = [word.upper() for word in items if word]
    width = max(len(word) for word in words)
    if width > rate:
        size, label = "wide", name
    elif rest:
        size, label = "many", first
    else:
        size, label = "small", last
    try:
        share = total / rate
    except ZeroDivisionError as failure:
        share = -1
        note = str(failure)
    else:
        note = "fine"
    match deep:
        case ((one, two), *more):
            depth = one + two + len(more)
        case _:
            depth = 0
    rounds = 0
    while rounds < 3:
        rounds = rounds + 1
        total += rounds * Rates.base
    table = {word: index for index, word in enumerate(words)}
    table["end"] = width
    return name, first, rest, total, words, size, label, share, note, depth, table, rounds
'''
INPUTS = (
    (["a", "lamp", "chair"], 2),
    (["x"], 9),
    (["one", "two"], 0),
    (["wide-thing", "b", "c"], 7),
)


def decorator(*_: object, **__: object) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """A decorator that changes nothing."""
    return lambda function: function


def outcomes(text: str) -> list[object]:
    """What the workflow of a text gives for every input, and what it asks `fetch`."""
    runtime = SimpleNamespace(workflow=decorator, step=decorator)
    space: dict[str, object] = {"DBOS": runtime}
    exec(compile(text.replace("from dbos import DBOS\n", "\n"), "program", "exec"), space)
    workflow, fetch = space["order"], space["fetch"]
    assert callable(workflow)
    made: list[object] = [workflow(list(items), rate) for items, rate in INPUTS]
    return [*made, fetch.__defaults__]  # type: ignore[attr-defined]


def runs(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Every run of statements in a block and in the blocks below it."""
    for start in range(len(body)):
        for end in range(start + 1, len(body) + 1):
            yield body[start:end]
    for each in body:
        for name in ("body", "orelse", "finalbody"):
            yield from runs(getattr(each, name, []))
        for inner in (*getattr(each, "handlers", ()), *getattr(each, "cases", ())):
            yield from runs(inner.body)


def offset(lines: list[str], line: int, column: int) -> int:
    """The number of characters before a place of a syntax tree."""
    before = lines[line - 1].encode()[:column].decode()
    return sum(map(len, lines[: line - 1])) + len(before)


def selections(text: str) -> list[tuple[int, int]]:
    """Every run of statements and every expression of the workflow."""
    tree = ast.parse(text)
    function = next(each for each in tree.body if getattr(each, "name", "") == "order")
    assert isinstance(function, ast.FunctionDef)
    lines = text.splitlines(keepends=True)
    found: list[tuple[ast.stmt, ast.stmt] | tuple[ast.expr, ast.expr]]
    found = [(run[0], run[-1]) for run in runs(function.body[1:])]
    found += [
        (node, node)
        for statement in function.body[1:]
        for node in ast.walk(statement)
        if isinstance(node, ast.expr)
    ]
    return [
        (
            offset(lines, first.lineno, first.col_offset),
            offset(lines, last.end_lineno or 0, last.end_col_offset or 0),
        )
        for first, last in found
    ]


def test_a_program_does_the_same_whatever_is_extracted() -> None:
    expected = outcomes(PROGRAM)
    chosen = random.Random(7).sample(selections(PROGRAM), 24)
    done = 0
    for start, end in chosen:
        try:
            made = extract(PROGRAM, start, end)
        except Unfixable:
            continue
        done += 1
        assert made.count("@DBOS.step()") == 1
        assert outcomes(made) == expected, made
    assert done >= 12, "nearly everything was refused"


def test_a_coroutine_awaits_the_step() -> None:
    text = HEAD + "async def f(url):\n    return (await get(url)).text\n"
    start = text.index("await get(url)")
    made = extract(text, start, start + len("await get(url)"))
    assert "async def fetch(url):" in made
    assert "return (await fetch(url)).text" in made


def test_names_of_other_files_are_not_taken_twice() -> None:
    text = HEAD + "def f(a):\n    b = a + 1\n    return b\n"
    start = text.index("b = a + 1")
    made = extract(text, start, start + 9, reserved=frozenset({"find_b"}))
    assert "b = find_b_2(a)" in made
