"""Mapping: `list(map(step, values))`, drawn as the loop that it is.

In: a walk and a call. Out: the term of the list, its operations drawn round by round, as those of
`[step(value) for value in values]`; None for any other call.
Never: follows a `map` that is not taken from at once, whose operations come whenever it is.
"""

from __future__ import annotations

import ast

from dbos_build.flow import asking, members
from dbos_build.flow.blocks import Variable
from dbos_build.flow.walk import Walk
from dbos_build.interpreter.machine import Boundary
from dbos_build.interpreter.values import Durable, External

_KINDS = frozenset({"step", "transaction"})


def mapped(walk: Walk, node: ast.Call) -> int | None:
    """The list of a step's results, when a call makes one of a `map`."""
    match node:
        case ast.Call(args=[ast.Call(args=[function, values], keywords=[]) as inner], keywords=[]):
            target = _target(walk, inner, function)
        case _:
            return None
    is_list = _name(walk, node.func) == "builtins.list"
    if target is None or not is_list or isinstance(values, ast.Starred):
        return None
    grown: Variable = (walk.frame.number, f"*grown{walk.fresh()}")
    walk.write(grown, walk.terms.make("list"))
    inputs = members.iterated(walk, values, walk.now(walk.value(values)))

    def round_of(element: int) -> None:
        result = asking.applied(walk, inner, target, walk.now(element))
        walk.write(grown, walk.terms.make(".append", walk.read(grown), result))

    walk.each(values, inputs, round_of)
    return walk.read(grown)


def _target(walk: Walk, node: ast.Call, function: ast.expr) -> Boundary | None:
    """The step that `map(function, …)` runs, if it is one that is known by its name alone."""
    if _name(walk, node.func) != "builtins.map":
        return None
    targets = walk.frame.activation.calls.get(node, ())
    found = walk.frame.activation.values.get(function)
    atoms = list(found.atoms) if found is not None else []
    match list(targets), atoms:
        case [Boundary() as target], [Durable(receiver=None)]:
            is_plain = target.function is not None and not target.function.is_async
            return target if is_plain and target.kind in _KINDS else None
    return None


def _name(walk: Walk, function: ast.expr) -> str:
    found = walk.frame.activation.values.get(function)
    names = {atom.name for atom in found.atoms if isinstance(atom, External)} if found else set()
    return names.pop() if len(names) == 1 else ""
