"""Parsing never raises: what cannot be parsed is a finding with a place and a reason."""

from __future__ import annotations

import sys

import pytest

from dbos_build.reading.module import CHARACTERS_MAX, parse
from dbos_build.reading.sources import Source
from support.analysis import flagged


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("x = 1\ny = (\n", "DBS990", 2),
        ("def f(:\n", "DBS990", 1),
        ("x = 1\n\x00\n", "DBS990", 2),
        ("print 'hello'\n", "DBS990", 1),
        ("if True:\n\tx = 1\n        y = 2\n", "DBS990", 3),
        ("x = '\n", "DBS990", 1),
        ("[" * 5_000, "DBS990", 1),
        ("-" * 60_000 + "1", "DBS991", 1),
        ("a = " + "b." * 100_000 + "c", "DBS991", 1),
        ("#" * (CHARACTERS_MAX + 1), "DBS991", 1),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_broken_text_has_a_problem(text: str, code: str, line: int) -> None:
    module = parse(Source("main", "main.py", text))
    assert module.tree is None
    assert module.problem is not None
    assert (module.problem.code, module.problem.line) == (code, line)
    assert flagged(text) == [("main.py", line, code)]


def test_a_file_that_was_not_read_says_why() -> None:
    module = parse(Source("main", "main.py", None, problem="not UTF-8 at byte 7"))
    assert module.problem is not None
    assert module.problem.code == "DBS991"
    assert "byte 7" in module.problem.message


def test_deep_but_valid_code_is_analysed() -> None:
    """A hundred nested blocks and a long chain of operators are no problem."""
    deep = "".join("    " * n + "if True:\n" for n in range(90)) + "    " * 90 + "pass\n"
    chain = "total = " + " + ".join(["1"] * 900) + "\n"
    assert flagged(deep + chain) == []


@pytest.mark.parametrize(
    ("text", "line", "construct", "minor"),
    [
        ('x = 1\ny = t"a{x}"\n', 2, "a template string", 14),
        ("y = f(rT'a')\n", 1, "a template string", 14),
        ("try:\n    pass\nexcept A, B:\n    pass\n", 3, "`except A, B`", 14),
        ("try:\n    pass\nexcept* A, B:\n    pass\n", 3, "`except A, B`", 14),
        ("lazy import json\n", 1, "a lazy import", 15),
        ("lazy from json import loads\n", 1, "a lazy import", 15),
        ("class Box[T = int]: pass\n", 1, "a type parameter default", 13),
        ("def f[T](x: T): pass\n", 1, "a type parameter list", 12),
        ("type X = int\n", 1, "a `type` statement", 12),
        ("type X[T] = list[T]\n", 1, "a `type` statement", 12),
        ("""x = f"{d["a"]}"\n""", 1, "an f-string with its own quotes", 12),
        ("""x = f"{','.join(a)} {",".join(a)}"\n""", 1, "an f-string with its own quotes", 12),
        ("""x = f"{d['\\n']}"\n""", 1, "an f-string with a backslash", 12),
    ],
)
def test_newer_syntax_names_the_python_that_it_needs(
    text: str, line: int, construct: str, minor: int
) -> None:
    module = parse(Source("main", "main.py", text))
    if sys.version_info >= (3, minor):
        assert module.tree is not None
        return
    assert module.problem is not None
    assert module.problem.line == line
    assert construct in module.problem.message
    assert f"needs Python 3.{minor}" in module.problem.message
    assert f"run dbos-build under Python 3.{minor} or newer" in module.problem.message


@pytest.mark.parametrize(
    "text",
    [
        "print('don't\")\n",
        "type = = 3\n",
        "def f(x: int -> 3): pass\n",
        "except A, B:\n" if sys.version_info >= (3, 14) else "excpt A, B:\n",
        "x = f'{a' + b}\n",
        "lazy importing\n",
    ],
)
def test_plain_mistakes_are_not_taken_for_newer_syntax(text: str) -> None:
    module = parse(Source("main", "main.py", text))
    assert module.problem is not None
    assert "needs Python" not in module.problem.message
    assert "read as Python" in module.problem.message
