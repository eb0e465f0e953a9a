"""Special methods and iteration: `__iter__`, `__enter__` and the like of the project's classes.

In: values. Out: what a special method gives, and the elements of an iterable. Never does: invent an
element: what cannot be told is unknown.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter import attributes
from dbos_build.interpreter.machine import Arguments, Frame, Machine, Use
from dbos_build.interpreter.outside import taint_at
from dbos_build.interpreter.values import (
    NO_ATOMS,
    NOTHING,
    ClassRef,
    ExternalInstance,
    InstanceRef,
    Sequence,
    Unknown,
    Value,
    awaited,
    constant,
    elements,
    is_arbitrary,
    of,
    unknown,
)


def special(
    machine: Machine, node: ast.AST, atom: InstanceRef, name: str, values: list[Value], frame: Frame
) -> Value | None:
    """Run a special method of one of the project's classes; None when no such method is defined."""
    owner, _ = attributes.find(machine.mro(atom.owner), name)
    if owner is None or isinstance(owner, str):
        return None
    method = machine.attribute(node, of(atom), name, frame)
    return machine.call(node, method, Arguments(values), frame)


def iterate(machine: Machine, node: ast.AST, value: Value, frame: Frame) -> Value:
    """An element of an iterable; `__iter__` and `__next__` of the project's classes run."""
    result = elements(value)
    if is_arbitrary(value):
        result = result.tainted(frozenset((taint_at("set_loop", node, frame),)))
    for atom in value.atoms:
        if isinstance(atom, InstanceRef):
            for name in ("__iter__", "__aiter__"):
                iterator = special(machine, node, atom, name, [], frame)
                if iterator is None:
                    continue
                result = result.join(elements(iterator))
                for inner in iterator.atoms:
                    step = "__next__" if name == "__iter__" else "__anext__"
                    if isinstance(inner, InstanceRef):
                        given = special(machine, node, inner, step, [], frame)
                        result = result.join(awaited(given) if given is not None else NOTHING)
        elif isinstance(atom, ExternalInstance):
            _note_reading(machine, node, atom, frame)
        elif isinstance(atom, ClassRef):
            result = result.join(of(InstanceRef(atom.owner)))
        elif isinstance(atom, Unknown):
            result = result.join(unknown(f"element of {atom.reason}"[:80]))
    return result if result.atoms else result.join(unknown("element"))


def _note_reading(machine: Machine, node: ast.AST, atom: ExternalInstance, frame: Frame) -> None:
    """Record what going through an object of a library does, where the table lists that."""
    for name in ("__iter__", "__aiter__"):
        entry = machine.knowledge.exact.get(f"{atom.type}.{name}")
        if entry is not None and entry.effects:
            taint = taint_at(entry.effects[0], node, frame)
            frame.activation.record(node, Use(f"{atom.type}.{name}", entry.effects, taint))


def entered_value(
    machine: Machine, node: ast.expr, manager: Value, prefix: str, frame: Frame
) -> Value:
    """What `with manager as x` gives x; `__enter__` and `__exit__` of own classes run."""
    result = Value(NO_ATOMS, manager.taints)
    for atom in manager.atoms:
        if isinstance(atom, InstanceRef):
            entered = special(machine, node, atom, f"{prefix}enter__", [], frame)
            entered = awaited(entered) if entered is not None else None
            nothing = [constant(None)] * 3
            special(machine, node, atom, f"{prefix}exit__", nothing, frame)
            owner, _ = attributes.find(machine.mro(atom.owner), f"{prefix}enter__")
            inherited = of(atom) if owner is None or isinstance(owner, str) else NOTHING
            result = result.join(entered if entered is not None else inherited)
        elif isinstance(atom, Sequence) and atom.kind == "iterator":
            result = result.join(atom.element)
        else:
            if isinstance(atom, ExternalInstance):
                _take(machine, node, atom, prefix, frame)
            result = result.join(of(atom))
    return result


def _take(
    machine: Machine, node: ast.expr, atom: ExternalInstance, prefix: str, frame: Frame
) -> None:
    """`with lock:` uses the lock; what other managers do is noted where they are made."""
    entry = machine.knowledge.find(f"{atom.type}.{prefix}enter__")
    if entry is not None and entry.effects == ("sync_use",):
        frame.activation.record(node, Use(f"{atom.type}.{prefix}enter__", entry.effects))
