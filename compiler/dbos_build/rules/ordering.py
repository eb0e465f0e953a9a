"""Order: which expressions are consumed in a way that forgets their order.

In: an activation. Out: the expressions whose order does not matter, because they are sorted,
counted, summed or tested. Never does: decide what has no order.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External

_FORGETTING = frozenset(
    f"builtins.{name}"
    for name in ("sorted", "len", "sum", "min", "max", "any", "all", "set", "frozenset", "bool")
) | frozenset({"collections.Counter", "statistics.mean", "statistics.median", "math.fsum"})
_METHODS = frozenset(
    {
        "union",
        "update",
        "intersection",
        "difference",
        "symmetric_difference",
        "issubset",
        "issuperset",
        "isdisjoint",
    }
)


def order_free(activation: Activation) -> set[ast.AST]:
    """The expressions of an activation whose order is forgotten by what takes them."""
    found: set[ast.AST] = set()
    for node in activation.values:
        if isinstance(node, ast.Call) and node.args and _forgets(activation, node):
            for argument in node.args:
                _add(argument, found)
        elif isinstance(node, ast.Compare):
            found.update([node.left, *node.comparators])
        elif isinstance(node, ast.Subscript):
            found.add(node.value)
        elif isinstance(node, ast.SetComp):
            found.update(generator.iter for generator in node.generators)
    return found


def _add(argument: ast.expr, found: set[ast.AST]) -> None:
    """An argument, and what a comprehension or conversion in it goes through."""
    found.add(argument)
    if isinstance(argument, ast.Starred):
        _add(argument.value, found)
    elif isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        found.update(generator.iter for generator in argument.generators)
    elif isinstance(argument, ast.Call):
        name = argument.func.id if isinstance(argument.func, ast.Name) else ""
        if name in {"list", "tuple", "map", "filter", "iter", "enumerate"}:
            for inner in argument.args:
                _add(inner, found)
    elif isinstance(argument, ast.BinOp):
        _add(argument.left, found)
        _add(argument.right, found)


def _forgets(activation: Activation, node: ast.Call) -> bool:
    """Whether a call does not depend on the order of its arguments."""
    for atom in activation.values.get(node.func, NOTHING).atoms:
        if isinstance(atom, External):
            if atom.name in _FORGETTING:
                return True
            if atom.bound and atom.name.startswith(("builtins.set.", "builtins.frozenset.")):
                return atom.name.rpartition(".")[2] in _METHODS
    return False
