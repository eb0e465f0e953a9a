"""Values as cells keep them: few literals, one container of each kind, few places of making.

In: a value. Out: one that stands for at least the same. Never does: forget what can be called.
"""

from __future__ import annotations

from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.values import (
    ATOMS_MAX,
    NOTHING,
    Atom,
    Constant,
    Coroutine,
    ExternalInstance,
    InstanceRef,
    Mapping,
    Sequence,
    Value,
    join_all,
)
from dbos_build.names.symbols import Class

LITERALS_MAX = 4
SITES_MAX = 3


def settled(value: Value) -> Value:
    """A value as cells keep it: few literals, and one container of each kind.

    Cells are what fixed points wait for, so they must stop changing after a few steps.
    """
    if len(value.atoms) < 2:
        return value
    value = _without_sites(value)
    constants = [atom for atom in value.atoms if isinstance(atom, Constant)]
    containers = [atom for atom in value.atoms if isinstance(atom, _HOLDERS)]
    if len(constants) <= LITERALS_MAX and len(containers) < 2:
        return value
    kept: list[Atom] = [a for a in value.atoms if not isinstance(a, (Constant, *_HOLDERS))]
    if len(constants) > LITERALS_MAX:
        kept += [ExternalInstance("builtins." + atom.type) for atom in constants]
    else:
        kept += constants
    merged: dict[object, Sequence | Mapping | Coroutine] = {}
    for container in containers:
        kind: object = "dict"
        if isinstance(container, Sequence):
            kind = container.kind
        elif isinstance(container, Coroutine):
            kind = (container.subject, container.kind)
        known = merged.get(kind)
        merged[kind] = container if known is None else _merged(known, container)
    return Value(ordered((*kept, *merged.values())), value.taints)


def _without_sites(value: Value) -> Value:
    """A value in which objects of one class from many places are just objects of that class."""
    sites: dict[Class, int] = {}
    for atom in value.atoms:
        if isinstance(atom, InstanceRef):
            sites[atom.owner] = sites.get(atom.owner, 0) + 1
    if all(count <= SITES_MAX for count in sites.values()):
        return value
    atoms = ordered(
        InstanceRef(atom.owner)
        if isinstance(atom, InstanceRef) and sites[atom.owner] > SITES_MAX
        else atom
        for atom in value.atoms
    )
    return Value(atoms, value.taints)


_HOLDERS = (Sequence, Mapping, Coroutine)


def _merged(
    one: Sequence | Mapping | Coroutine, other: Sequence | Mapping | Coroutine
) -> Sequence | Mapping | Coroutine:
    """Two containers or coroutines of one kind as one."""
    if isinstance(one, Coroutine) and isinstance(other, Coroutine):
        return Coroutine(one.subject, one.kind, settled(one.result.join(other.result)))
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        element = settled(one.element.join(other.element))
        items = None
        left, right = one.items, other.items
        if left is not None and right is not None and len(left) == len(right):
            items = tuple(settled(a.join(b)) for a, b in zip(left, right, strict=True))
        return Sequence(one.kind, items, element)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        held = dict(one.items)
        for key, item in other.items:
            held[key] = settled(held.get(key, NOTHING).join(item))
        rest = settled(one.rest.join(other.rest))
        order = one.order | other.order
        if len(held) > ATOMS_MAX * 4:
            return Mapping((), settled(join_all(held.values()).join(rest)), order)
        return Mapping(tuple(held.items()), rest, order)
    return one
