"""The functions of a module that mypy has read, by the expressions that decorate them.

In: the tree of a module. Out: its statements, and functions by the identity of `call` in `@call`
before them and in `name = call(function)`. Never does: look into expressions any deeper.

mypy's own visitors are compiled, and cannot be derived from.
"""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Decorator,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    MypyFile,
    OverloadedFuncDef,
    RefExpr,
    Statement,
    TryStmt,
    WhileStmt,
    WithStmt,
)


def decorated(tree: MypyFile) -> dict[int, tuple[Expression, FuncDef]]:
    """What decorates, and the function, by the identity of the first (which is kept alive)."""
    found: dict[int, tuple[Expression, FuncDef]] = {}
    for node in statements(tree):
        if isinstance(node, Decorator):
            for each in node.original_decorators:
                found[id(each)] = (each, node.func)
        elif isinstance(node, AssignmentStmt):
            found.update(_applied(node.rvalue))
        elif isinstance(node, ExpressionStmt):
            found.update(_applied(node.expr))
    return found


def statements(tree: MypyFile) -> Iterator[Statement]:
    """Every statement of a module, in no order."""
    waiting: list[Statement] = list(tree.defs)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _inside(node)


def _applied(node: Expression) -> dict[int, tuple[Expression, FuncDef]]:
    """`decorate(…)(function)`."""
    if not isinstance(node, CallExpr) or not isinstance(node.callee, CallExpr):
        return {}
    given = node.args[0] if len(node.args) == 1 else None
    named = given.node if isinstance(given, RefExpr) else None
    function = named.func if isinstance(named, Decorator) else named
    if not isinstance(function, FuncDef):
        return {}
    return {id(node.callee): (node.callee, function)}


def _inside(node: Statement) -> Iterator[Statement]:
    """The statements directly in another."""
    if isinstance(node, Decorator):
        yield node.func
    elif isinstance(node, OverloadedFuncDef):
        yield from node.items
    for block in _blocks(node):
        yield from block.body


def _blocks(node: Statement) -> Iterator[Block]:
    match node:
        case Block():
            yield node
        case ClassDef():
            yield node.defs
        case FuncDef() | WithStmt():
            yield node.body
        case IfStmt():
            yield from node.body
        case ForStmt() | WhileStmt():
            yield node.body
        case TryStmt():
            yield node.body
            yield from node.handlers
            if node.finally_body is not None:
                yield node.finally_body
    rest = getattr(node, "else_body", None)
    if rest is not None:
        yield rest
