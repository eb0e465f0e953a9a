"""Functions that choose by the type of an argument: `functools.singledispatch` and its method form.

In: a function, and the arguments of a call. Out: what is registered for it, wherever that is done,
and which of these functions a call cannot reach. Never does: follow a method that is registered
outside of its class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.machine import Activation, Frame, Machine
from dbos_build.interpreter.values import (
    Atom,
    Constant,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Mapping,
    Sequence,
    Value,
    of,
)
from dbos_build.names.registering import Registration
from dbos_build.names.symbols import Binding, Defined, Function

CHOOSING = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})


def implementations(machine: Machine, function: Function, closure: Activation | None) -> Value:
    """What `@name.register` and `name.register(type, function)` put beside one that chooses."""
    beside = of(*(FunctionRef(each, closure) for each in _beside(machine, function)))
    for each in machine.registrations().chosen.get(function, ()):
        if each.function is not None:
            beside = beside.join(of(FunctionRef(each.function)))
        elif each.given is not None:
            given = machine.evaluate(each.given, _top(machine, each))
            for atom in given.atoms:
                if isinstance(atom, FunctionRef):
                    machine.handed.setdefault(atom.function, []).append(each)
            beside = beside.join(given)
    return beside


def _top(machine: Machine, each: Registration) -> Frame:
    """Where the expressions of a registration are evaluated: at the top of its module."""
    return Frame(machine.module_activation(each.scope.module), {})


def _beside(machine: Machine, function: Function) -> Iterator[Function]:
    """The functions of the same class, or inside the same function, that are registered."""
    bound: list[tuple[Binding, ...]] = []
    if function.owner is not None:
        bound.extend(function.owner.bindings.values())
    for bindings in bound:
        for binding in bindings:
            entity = binding.entity if isinstance(binding, Defined) else None
            if isinstance(entity, Function) and _registered_for(entity) == function.name:
                yield entity


def cannot_reach(machine: Machine, function: Function, chosen_by: Value | None) -> bool:
    """Whether a registered function is surely not the one for an argument.

    That is told only where all that the argument may be are objects of known classes, none of them
    of the class that the function was registered for.
    """
    if chosen_by is None or not chosen_by.atoms:
        return False
    if _registered_for(function) is None and function not in machine.handed:
        return False
    wanted = _registered_type(machine, function)
    if not wanted.atoms:
        return False
    return not any(_fits(machine, atom, each) for atom in chosen_by.atoms for each in wanted.atoms)


def _registered_for(function: Function) -> str | None:
    """The name that a function is registered with, as its decorators spell it."""
    for decorator in function.decorators:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        match named:
            case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name), attr="register"):
                return name
    return None


def _registered_type(machine: Machine, function: Function) -> Value:
    """An object of the class that a function is registered for: as given, or as annotated."""
    frame = Frame(machine.module_activation(function.module), {}, function.owner)
    result = Value()
    for decorator in function.decorators:
        if isinstance(decorator, ast.Call) and decorator.args:
            result = result.join(annotated(machine, decorator.args[0], frame))
    for each in machine.handed.get(function, ()):
        given = [annotated(machine, argument, _top(machine, each)) for argument in each.arguments]
        if not given or not given[0].atoms:
            return Value()
        result = result.join(given[0])
    place = 0 if function.owner is None else 1
    arguments = function.node.args.args[place : place + 1]
    if not result.atoms and arguments:
        result = annotated(machine, arguments[0].annotation, frame)
    return result


def _fits(machine: Machine, atom: Atom, wanted: Atom) -> bool:
    """Whether an argument may be an object of a class."""
    kind, wanted_kind = _builtin(atom), _builtin(wanted)
    if isinstance(wanted, InstanceRef) and isinstance(atom, InstanceRef):
        below = machine.subclasses(atom.owner) if atom.site is None else ()
        return any(wanted.owner in machine.mro(each) for each in (atom.owner, *below))
    if isinstance(wanted, InstanceRef):
        return not kind or f"builtins.{kind}" in machine.mro(wanted.owner)
    if isinstance(atom, InstanceRef):
        return any(isinstance(base, str) for base in machine.mro(atom.owner))
    return not kind or not wanted_kind or wanted_kind in {kind, *_WIDER.get(kind, ())}


_WIDER = {"bool": ("int",)}
_NOT_TOLD = frozenset({"object", "type", "function", "iterator"})


def _builtin(atom: Atom) -> str:
    """The class of the language that an object is surely of; empty when that cannot be told."""
    match atom:
        case Constant(type=kind) | Sequence(kind=kind):
            pass
        case ExternalInstance(type=name) if name.startswith("builtins."):
            kind = name.removeprefix("builtins.")
        case Mapping():
            kind = "dict"
        case _:
            return ""
    return "" if kind in _NOT_TOLD else kind
