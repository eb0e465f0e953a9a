"""Functions that choose by the type of an argument: `functools.singledispatch` and its method form.

In: a function, and the arguments of a call. Out: the functions registered for it in its module or
class, and which of them a call cannot reach. Never does: follow a registration in another module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.machine import Frame, Machine
from dbos_build.interpreter.values import Atom, Constant, ExternalInstance, InstanceRef, Value
from dbos_build.names.symbols import Binding, Defined, Function

CHOOSING = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})


def implementations(machine: Machine, function: Function) -> Iterator[Function]:
    """The functions that `@name.register` puts beside a function that chooses."""
    bound: list[tuple[Binding, ...]] = []
    if function.owner is not None:
        bound.extend(function.owner.bindings.values())
    elif function.parent is None:
        bound.extend(machine.symbols.scopes[function.module.path].bindings.values())
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
    if not function.decorators or _registered_for(function) is None or chosen_by is None:
        return False
    wanted = _registered_type(machine, function)
    if not wanted.atoms or not chosen_by.atoms:
        return False
    return not any(_fits(machine, atom, each) for atom in chosen_by.atoms for each in wanted.atoms)


def _registered_for(function: Function) -> str | None:
    """The name that a function is registered with, as its decorators spell it."""
    for decorator in function.decorators:
        match decorator:
            case (
                ast.Attribute(value=ast.Name(id=name), attr="register")
                | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="register"))
            ):
                return name
    return None


def _registered_type(machine: Machine, function: Function) -> Value:
    """An object of the class that a function is registered for: as given, or as annotated."""
    frame = Frame(machine.module_activation(function.module), {}, function.owner)
    result = Value()
    for decorator in function.decorators:
        if isinstance(decorator, ast.Call) and decorator.args:
            result = result.join(annotated(machine, decorator.args[0], frame))
    place = 0 if function.owner is None else 1
    arguments = function.node.args.args[place : place + 1]
    if not result.atoms and arguments:
        result = annotated(machine, arguments[0].annotation, frame)
    return result


def _fits(machine: Machine, atom: Atom, wanted: Atom) -> bool:
    """Whether an argument may be an object of a class."""
    if isinstance(wanted, InstanceRef) and isinstance(atom, InstanceRef):
        below = machine.subclasses(atom.owner) if atom.site is None else ()
        return any(wanted.owner in machine.mro(each) for each in (atom.owner, *below))
    if isinstance(wanted, InstanceRef):
        return not isinstance(atom, Constant)
    if isinstance(atom, InstanceRef):
        return any(isinstance(base, str) for base in machine.mro(atom.owner))
    known = {getattr(each, "type", "").removeprefix("builtins.") for each in (atom, wanted)}
    told = all(isinstance(each, Constant | ExternalInstance) for each in (atom, wanted))
    return not told or len(known) == 1
