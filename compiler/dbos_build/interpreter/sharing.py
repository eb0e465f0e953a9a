"""Shared objects: which objects of the project live longer than one run of a workflow.

In: an engine that has come to rest. Out: classes with the places that make their objects, for all
objects that a module variable, a class attribute or a configured instance leads to. Never does:
take what a function makes for itself, or what a step returns, for shared.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.interpreter.machine import Machine
from dbos_build.interpreter.values import Atom, InstanceRef, Mapping, PartialCall, Sequence, Value
from dbos_build.names.symbols import Class, Function

Site = tuple[Class, int | None]
_ON_CLASS = -1


def is_shared(machine: Machine, receiver: InstanceRef) -> bool:
    """Whether an object outlives the run that uses it."""
    if receiver.site in machine.shared_sites:
        return True
    known = machine.shared
    if known is None:
        known = machine.shared = _reachable(machine)
    return (receiver.owner, receiver.site) in known


def _reachable(machine: Machine) -> frozenset[Site]:
    """Every object that shared variables and attributes lead to."""
    waiting = [each for value in _held(machine) for each in _objects(value)]
    waiting.extend(InstanceRef(owner) for owner in _durable_classes(machine))
    found: set[Site] = set()
    while waiting:
        each = waiting.pop()
        if (each.owner, each.site) in found:
            continue
        found.add((each.owner, each.site))
        for owner in machine.mro(each.owner):
            if isinstance(owner, Class):
                for cell in machine.attributes.get((owner, each.site), {}).values():
                    waiting.extend(_objects(cell.value))
    return frozenset(found)


def _held(machine: Machine) -> Iterator[Value]:
    """What module variables and class attributes hold."""
    yield from machine.module_values()
    for (_, site), cells in machine.attributes.items():
        if site == _ON_CLASS:
            for cell in cells.values():
                yield cell.value


def _durable_classes(machine: Machine) -> Iterator[Class]:
    """The classes whose methods are durable: their objects are found again by recovery."""
    for _, entity in machine.declared:
        if isinstance(entity, Class):
            yield entity
        elif isinstance(entity, Function) and entity.owner is not None:
            yield entity.owner
            yield from machine.subclasses(entity.owner)


def _objects(value: Value) -> Iterator[InstanceRef]:
    """The objects in a value, through containers.

    In a container only objects whose making was seen count: others are data that somebody keeps.
    """
    for atom in value.atoms:
        if isinstance(atom, InstanceRef):
            yield atom
        for inner in _contents(atom):
            yield from (each for each in _objects(inner) if each.site is not None)


def _contents(atom: Atom) -> Iterator[Value]:
    """What a container or a prepared call holds."""
    match atom:
        case Sequence():
            yield atom.element
        case Mapping():
            yield atom.rest
            yield from (item for _, item in atom.items)
        case PartialCall():
            yield from atom.positional
