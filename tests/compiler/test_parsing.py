"""Parsing holds where the interpreter stumbles: a finalizer that parses, amid a parse."""

from __future__ import annotations

import ast
import gc
from collections.abc import Callable, Iterator

import pytest

from dbos.values import canonical
from dbos_build import parsing

TEXT = "def f():\n    return [1, 2, 3, (4, 5)]\n" * 50


class Cycle:
    """Garbage whose end parses, as the end of a task does whose error nobody looked at."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        ast.parse("1 + 1")


@pytest.fixture
def collecting() -> Iterator[None]:
    """Garbage is collected soon, and some is there."""
    former = gc.get_threshold()
    gc.collect()
    gc.set_threshold(100, 1, 1)
    Cycle()
    yield
    gc.set_threshold(*former)


@pytest.mark.usefixtures("collecting")
@pytest.mark.parametrize("parse", [parsing.parse_module, canonical.parsed])
def test_garbage_that_parses_breaks_no_parse(parse: Callable[[str], ast.Module]) -> None:
    assert len(parse(TEXT).body) == 50


@pytest.mark.usefixtures("collecting")
def test_garbage_that_parses_breaks_no_expression() -> None:
    assert isinstance(parsing.parse_expression("[" + "(1, 2), " * 200 + "]"), ast.List)


def test_bad_text_is_said_to_be_bad() -> None:
    with pytest.raises(SyntaxError):
        parsing.parse_module("def")
    with pytest.raises(SyntaxError):
        parsing.parse_expression("a b")
