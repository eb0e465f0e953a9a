"""Guards: what code makes sure of before it goes on, where that decides who runs it.

In: the facts of one activation. Out: the nodes that run only where no step or transaction is under
way, because `DBOS.step_id` was asked for. Never does: believe a guard behind a variable or a call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External, ExternalInstance
from dbos_build.nodes import every
from dbos_build.syntax import walk

_NAME = "step_id"
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def outside_steps(activation: Activation) -> frozenset[ast.AST]:
    """The nodes of a function that do not run as part of a step, whoever calls it."""
    known: frozenset[ast.AST] | None = activation.memo.get("outside steps")
    if known is None:
        known = activation.memo["outside steps"] = frozenset(_guarded(activation))
    return known


def _guarded(activation: Activation) -> set[ast.AST]:
    """The same, found out."""
    function = activation.function
    found: set[ast.AST] = set()
    if function is None or isinstance(function.node, ast.Lambda):
        return found
    reads = [
        node
        for node in every(function.node, ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr == _NAME and _is_api(activation, node)
    ]
    if not reads:
        return found
    for body in _bodies(function.node):
        for place, statement in enumerate(body):
            if not isinstance(statement, ast.If):
                continue
            if _says_none(statement.test, reads):
                found.update(_below(statement.body))
            elif _says_some(statement.test, reads):
                found.update(_below(statement.orelse))
                if isinstance(statement.body[-1], _ENDS):
                    found.update(_below(body[place + 1 :]))
    return found


def _is_api(activation: Activation, node: ast.Attribute) -> bool:
    """Whether an attribute is read from `DBOS`."""
    for atom in activation.values.get(node.value, NOTHING).atoms:
        name = atom.name if isinstance(atom, External) else getattr(atom, "type", "")
        if isinstance(atom, External | ExternalInstance) and name == "dbos.DBOS":
            return True
    return False


def _bodies(node: ast.AST) -> Iterable[list[ast.stmt]]:
    """Every list of statements of a function."""
    for part in walk(node):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(part, name, None)
            if isinstance(body, list):
                yield body


def _below(statements: list[ast.stmt]) -> Iterable[ast.AST]:
    return (node for statement in statements for node in walk(statement))


def _says_none(test: ast.expr, reads: list[ast.Attribute]) -> bool:
    """Whether a test holds only where the read gives None."""
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(None)]):
            return left in reads
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _says_some(operand, reads)
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_says_none(value, reads) for value in values)
    return False


def _says_some(test: ast.expr, reads: list[ast.Attribute]) -> bool:
    """Whether a test holds wherever the read gives something."""
    match test:
        case ast.Compare(
            left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(None)]
        ):
            return left in reads
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _says_none(operand, reads)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_says_some(value, reads) for value in values)
    return test in reads
