"""Attributes of what is no object of the project: literals, containers, functions, coroutines.

In: an atom and a name. Out: the attribute, as a member of the class of the language. Never does:
run code of the project.
"""

from __future__ import annotations

from dbos_build.interpreter.values import (
    Atom,
    BoundMethod,
    Constant,
    Coroutine,
    Durable,
    External,
    FunctionRef,
    Mapping,
    PartialCall,
    Sequence,
    Unknown,
    Value,
    constant,
    instance,
    of,
    unknown,
)
from dbos_build.names.symbols import Function

NO_ATTRIBUTE = unknown("attribute not found")
FUNCTION_NAMES = frozenset({"__name__", "__qualname__", "__doc__", "__module__"})


def plain_attribute(atom: Atom, name: str) -> Value:
    """An attribute of something that runs no code of the project."""
    match atom:
        case Constant():
            return of(External(f"builtins.{atom.type}.{name}", bound=True))
        case Sequence():
            kind = "list" if atom.kind == "iterator" else atom.kind
            return of(External(f"builtins.{kind}.{name}", bound=True))
        case Mapping():
            return of(External(f"builtins.dict.{name}", bound=True))
        case Durable() | FunctionRef() | BoundMethod():
            return _function_attribute(atom, name)
        case Coroutine():
            return of(External(f"asyncio.Task.{name}", bound=True))
        case PartialCall():
            return atom.target if name == "func" else NO_ATTRIBUTE
        case Unknown():
            return unknown(f"attribute of {atom.reason}")
    return NO_ATTRIBUTE


def _function_attribute(atom: Atom, name: str) -> Value:
    """`f.__wrapped__` is f; its name and documentation are text."""
    if name in {"__wrapped__", "__func__"}:
        return of(atom)
    function = _function_of(atom)
    if function is not None and name in {"__name__", "__qualname__", "__module__"}:
        named = {"__name__": function.name, "__qualname__": function.qualname}
        return constant(named.get(name, function.module.name))
    if name in FUNCTION_NAMES:
        return instance("builtins.str")
    return NO_ATTRIBUTE


def _function_of(atom: Atom) -> Function | None:
    """The function of the project that an atom calls."""
    match atom:
        case FunctionRef():
            return atom.function
        case BoundMethod():
            return atom.function.function
        case Durable():
            return atom.target.function
    return None
