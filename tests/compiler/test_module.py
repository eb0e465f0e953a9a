"""Parsing never raises: what cannot be parsed is a finding with a place and a reason."""

from __future__ import annotations

import pytest

from dbos_build.module import CHARACTERS_MAX, parse
from dbos_build.sources import Source
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
