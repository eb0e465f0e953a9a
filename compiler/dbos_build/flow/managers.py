"""Managers: what a context manager does besides what stands in its `with`.

In: a walk and the expression behind `with`. Out: whether entering and leaving it changes objects
that the workflow can see, and whether it may end errors of the body.
Never: draws anything; a manager that asks for operations is opaque.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.flow.outside import effect_free, is_idle
from dbos_build.flow.walk import Walk
from dbos_build.interpreter.machine import Activation, Enter
from dbos_build.interpreter.values import External, ExternalInstance

_SUPPRESSING = frozenset(
    {"contextlib.suppress", "contextlib.ExitStack", "contextlib.AsyncExitStack"}
)
_IDLE = frozenset({"contextlib.suppress", "contextlib.nullcontext", "contextlib.closing"})


def touches(walk: Walk, node: ast.expr) -> bool:
    """Whether entering or leaving a manager may change something that is seen elsewhere."""
    names = list(_names(walk, node))
    if any(each in walk.reaching.changing for each in _entered(walk, node)):
        return True
    if names:
        return not all(each in _IDLE or is_idle(each) or effect_free(each) for each in names)
    return not any(True for _ in _entered(walk, node))


def suppresses(walk: Walk, node: ast.expr) -> bool:
    """Whether a manager may end errors of the body."""
    if any(each in _SUPPRESSING for each in _names(walk, node)):
        return True
    return any(_ends_errors(each) for each in _entered(walk, node))


def _entered(walk: Walk, node: ast.expr) -> Iterator[Activation]:
    """The functions of the project that a manager runs."""
    for target in walk.frame.activation.calls.get(node, ()):
        if isinstance(target, Enter):
            yield target.activation


def _names(walk: Walk, node: ast.expr) -> Iterator[str]:
    """What makes a manager outside the project, or of which type it is."""
    called = node.func if isinstance(node, ast.Call) else node
    found = walk.frame.activation.values.get(called)
    for atom in () if found is None else found.atoms:
        if isinstance(atom, External):
            yield atom.name
        elif isinstance(atom, ExternalInstance):
            yield atom.type


def _ends_errors(activation: Activation) -> bool:
    """Whether `__exit__` may answer yes, or a generator goes on behind an error at its `yield`."""
    function = activation.function
    if function is None:
        return False
    if function.name in ("__exit__", "__aexit__"):
        return any(
            isinstance(each, ast.Return) and not _is_no(each.value)
            for each in ast.walk(function.node)
        )
    return any(
        isinstance(each, ast.Try | ast.TryStar)
        and (each.handlers or _leaves(each))
        and any(isinstance(inner, ast.Yield) for one in each.body for inner in ast.walk(one))
        for each in ast.walk(function.node)
    )


def _is_no(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and not value.value)


def _leaves(node: ast.Try | ast.TryStar) -> bool:
    """Whether a `finally` ends errors by leaving early."""
    return any(
        isinstance(each, ast.Return | ast.Break | ast.Continue)
        for one in node.finalbody
        for each in ast.walk(one)
    )
