"""Who calls whom: durable functions, and the plain ones that lead to something durable.

In: an analysed program, and a function or a place. Out: the functions that it calls, or that call
it, with the places of the calls. Never does: list what nothing durable can come of; list a lambda,
whose calls count as those of the function around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.flow.graph import operations
from dbos_build.interpreter.machine import Activation, Boundary, Enter
from dbos_build.names.symbols import Function
from dbos_build.reading.columns import character_column
from dbos_lint import hovers
from dbos_lint.positions import lines_of
from dbos_lint.project import Result

PLAIN = "function"
"""The kind of a function that is not durable itself."""
_CALLED = {
    "step": "step",
    "transaction": "transaction",
    "child": "workflow",
    "start": "workflow",
    "enqueue": "workflow",
}
"""Kind of operation → kind of the function that it calls."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[int, int]
"""A line from 1, and a column from 1 as syntax trees count, in bytes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A function in the hierarchy. `kind` is workflow, step, transaction or function."""

    kind: str
    name: str
    path: str
    node: Definition


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one function by another; `places` are where it stands in the caller's file."""

    caller: Spot
    callee: Spot
    places: tuple[Place, ...]


def made_by(program: Program, caller: Spot) -> tuple[Call, ...]:
    """The calls that a function makes."""
    return tuple(each for each in _calls(program) if each.caller == caller)


def made_of(program: Program, callee: Spot) -> tuple[Call, ...]:
    """The calls of a function that are made."""
    return tuple(each for each in _calls(program) if each.callee == callee)


def spots(program: Program) -> tuple[Spot, ...]:
    """Every function of the hierarchy, called or not, the durable ones first."""
    found = {spot: None for each in hovers.durable(program) if (spot := _durable(each)) is not None}
    for call in _calls(program):
        found.setdefault(call.caller)
        found.setdefault(call.callee)
    return tuple(found)


def spot_at(result: Result, path: str, line: int, column: int) -> Spot | None:
    """The function that is defined or called at a place, which counts from 1, in characters."""
    declared = hovers.declared_at(result, path, line, column)
    if declared is not None:
        return _durable(declared)
    text = lines_of(result.texts[path])[line - 1]
    for spot in spots(result.program):
        if spot.path == path and spot.node.lineno == line:
            start = text.find(spot.node.name, text.find("def") + 3) + 1
            if start <= column <= start + len(spot.node.name):
                return spot
    for call in _calls(result.program):
        if call.caller.path == path:
            for row, start in call.places:
                first = character_column(text, start)
                if row == line and first <= column <= first + len(call.callee.node.name):
                    return call.callee
    return None


def asks(activation: Activation, known: dict[Activation, bool]) -> bool:
    """Whether a function, or one that it calls, asks the runtime for something."""
    if activation in known:
        return known[activation]
    seen, waiting = {activation}, [activation]
    while waiting:
        for targets in waiting.pop().calls.values():
            for target in targets:
                if isinstance(target, Boundary):
                    known[activation] = True
                    return True
                if isinstance(target, Enter) and target.activation not in seen:
                    seen.add(target.activation)
                    waiting.append(target.activation)
    known[activation] = False
    return False


@lru_cache(maxsize=2)
def _calls(program: Program) -> tuple[Call, ...]:
    """Every call of one function by another."""
    places: dict[tuple[Spot, Spot], set[Place]] = {}
    for caller, callee, place in (*_followed(program), *_named(program)):
        places.setdefault((caller, callee), set()).add(place)
    made = (Call(*pair, tuple(sorted(found))) for pair, found in places.items())
    return tuple(sorted(made, key=lambda each: (each.callee.path, each.callee.node.lineno)))


def _followed(program: Program) -> Iterator[tuple[Spot, Spot, Place]]:
    """The calls whose target the analysis knows as a function."""
    durable: dict[object, Spot | None] = {
        each.entity: _durable(each) for each in reversed(hovers.durable(program))
    }
    known: dict[Activation, bool] = {}
    seen: set[Activation] = set()
    for reach in program.reaches.values():
        for activation in reach.activations():
            caller = _spot(activation.function, durable)
            if caller is None or activation in seen:
                continue
            seen.add(activation)
            for node, targets in activation.calls.items():
                if not isinstance(node, ast.Call):
                    continue
                for target in targets:
                    callee = None
                    if isinstance(target, Boundary) and target.function is not None:
                        callee = durable.get(target.function)
                    elif isinstance(target, Enter) and asks(target.activation, known):
                        callee = _spot(target.activation.function, durable)
                    if callee is not None:
                        yield caller, callee, (node.lineno, node.col_offset + 1)


def _named(program: Program) -> Iterator[tuple[Spot, Spot, Place]]:
    """The calls that name a workflow; those in helpers are found with their own workflows."""
    by_name = {(each.kind, each.name): each for each in reversed(hovers.durable(program))}
    for declaration in program.workflows:
        caller = _durable(declaration)
        if caller is None or hovers.reach_of(program, declaration) is None:
            continue
        written = flow.places(program, declaration)
        for node in operations(flow.build(program, declaration)):
            callee = by_name.get((_CALLED.get(node.kind, ""), node.name))
            path, line, column = written.get(node.number, ("", 0, 0))
            is_own = path == caller.path and _holds(caller, line)
            spot = _durable(callee) if callee is not None and is_own else None
            if spot is not None:
                yield caller, spot, (line, column)


def _holds(spot: Spot, line: int) -> bool:
    return spot.node.lineno <= line <= (spot.node.end_lineno or spot.node.lineno)


def _durable(declaration: Declaration) -> Spot | None:
    """A durable function as one of the hierarchy; None for one without a `def`."""
    node = declaration.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return Spot(declaration.kind, declaration.name, declaration.path, node)


def _spot(function: Function | None, durable: Mapping[object, Spot | None]) -> Spot | None:
    """A function of the project as one of the hierarchy; for a lambda, the function around it."""
    while function is not None and function not in durable and function.name == "<lambda>":
        function = function.parent
    if function is None:
        return None
    if function in durable:
        return durable[function]
    node = function.node
    if isinstance(node, ast.Lambda):
        return None
    return Spot(PLAIN, function.qualname, function.module.path, node)
