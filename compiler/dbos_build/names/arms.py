"""Arms: bindings of a module that belong together, because one condition decides on all of them.

In: a module and its bindings. Out: those of a name that are made in the same arm of an `if` or
`try` as a line. Never does: decide which arm runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from dbos_build.names.symbols import Binding, Defined, statements


def in_same_arm(tree: ast.Module, line: int, bindings: Sequence[Binding]) -> list[Binding]:
    """The bindings in the innermost arm around a line that holds any; empty when none does.

    `flow = DBOS.workflow()` in one arm and `flow = plain` in the other are never both true: what
    stands beside one of them means that one.
    """
    around = [arm for arm in _arms(tree) if arm[0] <= line <= arm[1]]
    for first, last in sorted(around, key=lambda arm: arm[1] - arm[0]):
        found = [each for each in bindings if first <= _line(each) <= last]
        if found:
            return found
    return []


def _arms(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """The first and last lines of all arms that have an alternative."""
    for statement in statements(tree.body):
        match statement:
            case ast.If(body=body, orelse=orelse) if orelse:
                arms = [body, orelse]
            case ast.Try(body=body, handlers=handlers) if handlers:
                arms = [body, *(handler.body for handler in handlers)]
            case _:
                continue
        for arm in arms:
            yield arm[0].lineno, arm[-1].end_lineno or arm[-1].lineno


def _line(binding: Binding) -> int:
    node = binding.entity.node if isinstance(binding, Defined) else binding.node
    return getattr(node, "lineno", 0)
