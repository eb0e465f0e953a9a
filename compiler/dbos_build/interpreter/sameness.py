"""Whether two values are one to everything that looks at them.

In: values, atoms and what they are made of. Out: yes or no. Never does: take values for the same
whose alternatives were found in another order: the first one found is told first.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from dbos_build.interpreter.values import (
    BoundMethod,
    ClassRef,
    Constant,
    FunctionRef,
    InstanceRef,
    Marker,
    ModuleRef,
    Unknown,
    Value,
)

_PLAIN = frozenset(
    {BoundMethod, ClassRef, Constant, FunctionRef, InstanceRef, Marker, ModuleRef, Unknown}
)
"""Atoms that hold no values."""


def identical(one: object, other: object) -> bool:
    """Whether values agree also in the order of what they may be, which equality leaves out."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind in _PLAIN:
        return one == other
    if isinstance(one, Value) and isinstance(other, Value):
        return (
            one.taints == other.taints
            and len(one.atoms) == len(other.atoms)
            and all(map(identical, one.atoms, other.atoms))
        )
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    if is_dataclass(one) and one == other:
        names = _names(kind)
        return all(identical(getattr(one, name), getattr(other, name)) for name in names)
    return one == other


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass, which are asked for very often."""
    known = _NAMES.get(kind)
    if known is None:
        known = _NAMES[kind] = tuple(each.name for each in fields(kind))
    return known
