"""Reading: which argument of a call is which parameter, and what is read after a call.

In: functions and calls in them. Out: pairs of parameter and argument, and whether a local variable
is looked at later. Never does: follow a variable into other functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, InstanceRef
from dbos_build.names.symbols import Function
from dbos_build.nodes import own, types_below
from dbos_build.syntax import every, parents_of, walk

_INLINE = ("run_step", "run_step_async", "run_tx_step", "run_tx_step_async")
_YIELDS = frozenset({ast.Yield, ast.YieldFrom})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def yields(root: ast.AST) -> bool:
    """Whether a function is a generator."""
    return not _YIELDS.isdisjoint(types_below(root)) and bool(own(root, *_YIELDS))


def step_arguments(
    activation: Activation, node: ast.Call, step: Function
) -> Iterator[tuple[str, ast.expr]]:
    """Each parameter of a step with the expression that a call passes for it."""
    declared = step.node.args
    names = [argument.arg for argument in (*declared.posonlyargs, *declared.args)]
    passed = list(node.args)
    callee = node.func
    if isinstance(callee, ast.Attribute):
        if callee.attr in _INLINE:
            passed = passed[2:]
        elif step.owner is not None:
            atoms = activation.values.get(callee.value, NOTHING).atoms
            if any(isinstance(atom, InstanceRef) for atom in atoms):
                passed.insert(0, callee.value)
    for name, argument in zip(names, passed, strict=False):
        if isinstance(argument, ast.Starred):
            return
        yield name, argument
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def is_read_after(function: Function, name: str, call: ast.Call, parts: set[str]) -> bool:
    """Whether a local variable is read after a call; `parts` are the attributes that matter.

    A part `*` stands for the whole object. In a loop, what stands before the call runs after it.
    """
    inside = set(walk(call))
    end = (call.end_lineno or call.lineno, call.end_col_offset or 0)
    for node, is_read in sorted(_mentions(function, name, parts), key=_position):
        if node in inside:
            continue
        if _position((node, is_read)) > end:
            if is_read:
                return True
            if _is_store(node):
                return False
        elif is_read and _shares_loop(function, node, call):
            return True
        elif _is_store(node) and _takes(function, node, call):
            return False
    return False


def _position(item: tuple[ast.AST, bool]) -> tuple[int, int]:
    return (getattr(item[0], "lineno", 0), getattr(item[0], "col_offset", 0))


def _mentions(function: Function, name: str, parts: set[str]) -> Iterator[tuple[ast.AST, bool]]:
    """Every mention of a variable, and whether it reads one of the parts."""
    parents = parents_of(function.node)
    for node in every(function.node, ast.Name):
        if node.id == name:
            yield node, _reads(node, parents[node], parts)


def _reads(node: ast.Name, parent: ast.AST, parts: set[str]) -> bool:
    if not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(parent, ast.Attribute | ast.Subscript):
        if isinstance(parent, ast.Attribute) and "*" not in parts and parent.attr not in parts:
            return False
        return isinstance(parent.ctx, ast.Load)
    return True


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _takes(function: Function, target: ast.AST, call: ast.Call) -> bool:
    """Whether the result of the call is assigned to this variable."""
    for node in every(function.node, ast.Assign):
        if target in node.targets:
            value = node.value.value if isinstance(node.value, ast.Await) else node.value
            return value is call
    return False


def _shares_loop(function: Function, one: ast.AST, other: ast.AST) -> bool:
    """Whether two places are in the body of the same loop."""
    for node in every(function.node, *_LOOPS):
        inside = {part for statement in node.body for part in walk(statement)}
        if one in inside and other in inside:
            return True
    return False
