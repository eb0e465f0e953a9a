"""The shape of arguments: what of them decides where the calls of a function lead.

In: a value. Out: those of its atoms by which one way to run a function is told from another. Never
does: keep plain data apart; how often a function is run must not depend on it.
"""

from __future__ import annotations

from dbos_build.interpreter.values import (
    Atom,
    BoundMethod,
    ClassRef,
    Constant,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Mapping,
    Marker,
    ModuleRef,
    PartialCall,
    Sequence,
    Value,
)

_CALLABLE = (
    FunctionRef | BoundMethod | ClassRef | InstanceRef | Durable | External | Marker | ModuleRef
)


def shape(value: Value) -> frozenset[Atom]:
    """What of an argument decides where calls lead; plain data is left out."""
    return frozenset(atom for atom in value.atoms if _decides(atom))


def exact_shape(value: Value) -> frozenset[Atom]:
    """The shape of an argument of a decorator's code, where texts are names and options."""
    return frozenset(a for a in value.atoms if isinstance(a, Constant) or _decides(a))


def _decides(atom: Atom) -> bool:
    match atom:
        case PartialCall():
            return True
        case ExternalInstance():
            return not atom.type.startswith("builtins.")
        case Sequence():
            return bool(shape(atom.element))
        case Mapping():
            return bool(shape(atom.rest)) or any(shape(item) for _, item in atom.items)
    return isinstance(atom, _CALLABLE)
