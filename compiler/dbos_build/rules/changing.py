"""Changing: what a function does to the objects it is given, by itself and through its helpers.

In: an engine that has come to rest, and functions. Out: parameters and variables with the parts of
their objects that are changed. Never does: follow what a helper keeps and changes later.
"""

from __future__ import annotations

import ast
from functools import partial

from dbos_build.interpreter.machine import Activation, Enter, Machine
from dbos_build.interpreter.targets import root_name
from dbos_build.names.symbols import Function
from dbos_build.rules.looks import kept
from dbos_build.rules.reading import step_arguments
from dbos_build.rules.state import CHANGING
from dbos_build.syntax import every

EVERYTHING = "*"
"""The part that stands for a whole container."""

Parts = dict[str, set[str]]


def changes(machine: Machine, function: Function) -> Parts:
    """What a function changes, by name: attributes of its object, or `EVERYTHING` of a container.

    Names that the function binds again are left out: they may be another object by then.
    """
    return _changes(machine, function, frozenset())


def _changes(machine: Machine, function: Function, above: frozenset[Function]) -> Parts:
    """The changes of one function; `above` are those that are being looked at."""
    if isinstance(function.node, ast.Lambda):
        return {}
    own = _known_changes(machine, function)
    found = {name: set(parts) for name, parts in own.items()}
    if len(above) < DEPTH_MAX:
        for name, parts in _helpers_changes(machine, function, above | {function}).items():
            found.setdefault(name, set()).update(parts)
    if not found:
        return found
    rebound = {
        target.id
        for node in every(function.node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {name: parts for name, parts in found.items() if name not in rebound}


DEPTH_MAX = 6


def _known_changes(machine: Machine, function: Function) -> Parts:
    """What the statements of one function change; found out once while its module is as it is."""
    module = machine.module_activation(function.module)
    known: dict[Function, Parts] = kept(module, "own changes", dict)
    if function not in known:
        known[function] = _own_changes(function)
    return known[function]


def _own_changes(function: Function) -> Parts:
    """What the statements of one function change."""
    found: Parts = {}

    def note(target: ast.expr) -> None:
        name = root_name(target)
        if name is not None:
            found.setdefault(name, set()).add(_part(target))

    for node in every(function.node, ast.Call, ast.Assign, ast.Delete, ast.AugAssign):
        match node:
            case ast.Call(func=ast.Attribute(value=holder, attr=attribute)):
                if attribute in CHANGING:
                    note(holder)
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Attribute | ast.Subscript):
                        note(target)
            case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as target):
                note(target)
    return found


def _helpers_changes(machine: Machine, function: Function, above: frozenset[Function]) -> Parts:
    """What the functions of the project change that one function calls, in its own names."""
    found: Parts = {}
    for activation in machine.activations.get(function, ()):
        handed = kept(activation, "handed to helpers", partial(_handed, activation))
        for helper, arguments in handed:
            if helper in above:
                continue
            changed = _changes(machine, helper, above)
            for parameter, name, part in arguments if changed else ():
                if parameter in changed:
                    found.setdefault(name, set()).update({part} if part else changed[parameter])
    return found


_Handed = tuple[Function, tuple[tuple[str, str, str], ...]]
"""A helper, and by parameter the variable that it is given, and which part if not the whole."""


def _handed(activation: Activation) -> tuple[_Handed, ...]:
    """The helpers that a function calls with variables of its own."""
    found: list[_Handed] = []
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        for target in targets:
            helper = target.activation.function if isinstance(target, Enter) else None
            if helper is None or helper.name == "__init__":
                continue
            given = [
                (parameter, name, _part(argument) if _is_inner(argument) else "")
                for parameter, argument in step_arguments(activation, node, helper)
                for name in [root_name(argument)]
                if name is not None
            ]
            if given:
                found.append((helper, tuple(given)))
    return tuple(found)


def _is_inner(argument: ast.expr) -> bool:
    """Whether a part of an object is handed on, not the object."""
    return isinstance(argument, ast.Attribute | ast.Subscript)


def _part(target: ast.expr) -> str:
    """The attribute of the outermost object that a change concerns."""
    part = EVERYTHING
    while isinstance(target, ast.Attribute | ast.Subscript):
        part = target.attr if isinstance(target, ast.Attribute) else EVERYTHING
        target = target.value
    return part
