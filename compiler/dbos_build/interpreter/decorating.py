"""Decorators: what a function or class is once they are applied.

In: a function or class. Out: its value and how it binds as a member. Never does: lose a function:
a decorator that cannot be followed is taken to call what it decorates.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.dispatching import CHOOSING, implementations
from dbos_build.interpreter.machine import Activation, Arguments, Decorated, Frame, Machine
from dbos_build.interpreter.models import find_model
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.values import (
    NOTHING,
    BoundMethod,
    ClassRef,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Marker,
    PartialCall,
    Value,
    instance,
    of,
)
from dbos_build.names.symbols import Class, Function

_KINDS = {
    "builtins.property": "property",
    "functools.cached_property": "property",
    "abc.abstractproperty": "property",
    "django.utils.functional.cached_property": "property",
    "sqlalchemy.ext.hybrid.hybrid_property": "property",
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
}
_ACCESSORS = frozenset({"setter", "deleter"})
_IMPLICIT = {
    "__new__": "static",
    "__init_subclass__": "class",
    "__class_getitem__": "class",
}
_FUNCTIONS = FunctionRef | BoundMethod | Durable | PartialCall | InstanceRef


def binding(function: Function) -> str:
    """How a function binds before its decorators are looked at, from their spelling alone."""
    for decorator in function.decorators:
        if isinstance(decorator, ast.Name) and f"builtins.{decorator.id}" in _KINDS:
            return _KINDS[f"builtins.{decorator.id}"]
    return _IMPLICIT.get(function.name, "method")


def apply(machine: Machine, function: Function, closure: Activation | None) -> Decorated:
    """Apply the decorators of a function, innermost first."""
    value = of(FunctionRef(function, closure))
    binds = _IMPLICIT.get(function.name, "method")
    activation = closure if closure is not None else machine.module_activation(function.module)
    frame = Frame(activation, {}, function.owner)
    machine.decorating.append(function)
    try:
        return _apply_all(machine, function, frame, value, binds)
    finally:
        machine.decorating.pop()


def _apply_all(
    machine: Machine, function: Function, frame: Frame, value: Value, binds: str
) -> Decorated:
    """Apply every decorator in turn."""
    closure = frame.activation if frame.activation.function is not None else None
    for node in reversed(function.decorators):
        if isinstance(node, ast.Attribute) and node.attr in _ACCESSORS:
            return Decorated(NOTHING, "setter")
        decorator = machine.evaluate(node, frame)
        for atom in decorator.atoms:
            if isinstance(atom, External) and atom.name in _KINDS:
                binds = _KINDS[atom.name]
            if isinstance(atom, External) and atom.name in CHOOSING:
                value = value.join(implementations(machine, function, closure))
        applied = _applied(machine, node, decorator, value, frame)
        if any(isinstance(atom, _FUNCTIONS) for atom in applied.atoms):
            value = applied
        value = value.join(_wrapper(machine, decorator))
    return Decorated(value, binds)


def _wrapper(machine: Machine, decorator: Value) -> Value:
    """The object that a library's decorator puts around a function, such as a task of Celery.

    The table says so: the decorator gives a class that is listed as callable.
    """
    result = NOTHING
    for atom in decorator.atoms:
        kind = ""
        if isinstance(atom, ExternalInstance):
            kind = atom.type
        elif isinstance(atom, External):
            entry = machine.knowledge.exact.get(machine.knowledge.canonical(atom.name))
            kind = entry.returns if entry is not None else ""
        if kind and f"{kind}.__call__" in machine.knowledge.exact:
            result = result.join(instance(kind))
    return result


def _applied(
    machine: Machine, node: ast.expr, decorator: Value, value: Value, frame: Frame
) -> Value:
    """What one decorator makes of a value; decorators that only take a callback change nothing."""
    followed = ordered(atom for atom in decorator.atoms if _is_followed(atom))
    if not followed:
        return value
    return machine.call(node, Value(followed), Arguments([value]), frame)


def _is_followed(atom: object) -> bool:
    """Whether applying a decorator can be evaluated."""
    if isinstance(atom, External):
        return atom.name.startswith("dbos.") or find_model(atom.name) is not None
    return isinstance(
        atom, FunctionRef | BoundMethod | ClassRef | Marker | PartialCall | InstanceRef
    )


def apply_to_class(machine: Machine, owner: Class, closure: Activation | None) -> Value:
    """A class; decorators are applied for what they declare or put into tables."""
    value = of(ClassRef(owner, closure))
    activation = closure if closure is not None else machine.module_activation(owner.module)
    frame = Frame(activation, {})
    for node in reversed(owner.node.decorator_list):
        decorator = machine.evaluate(node, frame)
        markers = ordered(
            atom
            for atom in decorator.atoms
            if isinstance(atom, Marker | FunctionRef | BoundMethod)
            or (isinstance(atom, External) and atom.name.startswith("dbos."))
        )
        if markers:
            machine.call(node, Value(markers), Arguments([value]), frame)
    return value
