"""Python text as syntax trees, also where the interpreter itself stumbles.

In: text. Out: a module's tree, or an expression's. Never judges the text: a `SyntaxError` and
what else `ast.parse` raises for bad text reaches the caller.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeVar

Tree = TypeVar("Tree", bound=ast.AST)

# CPython 3.11 counts the depth of a tree in one place for all that parse. When an object whose
# finalizer formats a traceback (which parses a line of source) is collected in the middle of a
# parse, the outer one is given up with a SystemError. Collected once, it is gone.
_ATTEMPTS = 5


def parse_module(text: str) -> ast.Module:
    """The tree of a module."""
    return _repeated(lambda: ast.parse(text))


def parse_expression(text: str) -> ast.expr:
    """The tree of one expression."""
    return _repeated(lambda: ast.parse(text, mode="eval")).body


def _repeated(parse: Callable[[], Tree]) -> Tree:
    for _ in range(_ATTEMPTS - 1):
        try:
            return parse()
        except SystemError:
            continue
    return parse()
