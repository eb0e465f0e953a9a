"""Narrowing: what a variable may be where a test of its class has succeeded, or failed.

In: a test such as `isinstance(x, C)`, already evaluated, and the frames of its branches. Out: the
variable in each of them, without what it surely is not there. Never does: leave a variable without
any value: where nothing fits, it stays as it was.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.machine import Frame, Machine
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    ClassRef,
    Constant,
    External,
    ExternalInstance,
    InstanceRef,
    Mapping,
    Sequence,
    Value,
)

_BARE = frozenset({"abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol"})
"""Ancestors that say nothing of what an object is."""
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_OPEN = ("collections.abc.", "contextlib.", "numbers.", "os.PathLike", "typing.")
"""Classes outside the project that objects belong to without inheriting from them."""
_NAMES = ("bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")
_KINDS = frozenset(f"builtins.{name}" for name in _NAMES)


def narrow(machine: Machine, test: ast.expr, then: Frame, other: Frame | None = None) -> None:
    """Narrow what a test names, where it succeeded (`then`) and where it failed (`other`)."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand) if other is not None:
            narrow(machine, operand, other, then)
        case ast.BoolOp(op=ast.And(), values=parts):
            for part in parts:
                narrow(machine, part, then)
        case ast.BoolOp(op=ast.Or(), values=parts) if other is not None:
            for part in parts:
                narrow(machine, part, other.branch(), other)
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]):
            value = then.env.get(name)
            if value is not None:
                then.env[name] = _succeeded(machine, value, kind, then)
                if other is not None:
                    other.env[name] = _failed(machine, value, kind, other)


def _succeeded(machine: Machine, value: Value, kind: ast.expr, frame: Frame) -> Value:
    """What a value may be that is an object of these classes; an unknown one is one of them."""
    if value.is_unknown:
        typed = NOTHING
        for one in kind.elts if isinstance(kind, ast.Tuple) else [kind]:
            typed = typed.join(annotated(machine, one, frame))
        return typed.tainted(value.taints) if typed.atoms else value
    classes = list(_classes(kind, frame))
    kept = [a for a in value.atoms if any(_may_be(machine, a, each) for each in classes)]
    return Value(ordered(kept), value.taints) if kept else value


def _failed(machine: Machine, value: Value, kind: ast.expr, frame: Frame) -> Value:
    """What a value may be that is no object of any of these classes."""
    classes = list(_classes(kind, frame))
    kept = [a for a in value.atoms if not any(_must_be(machine, a, each) for each in classes)]
    return Value(ordered(kept), value.taints) if kept else value


def _classes(kind: ast.expr, frame: Frame) -> Iterator[Atom]:
    """The classes that a test names, also by a variable that holds several."""
    waiting = [frame.activation.values.get(kind, NOTHING)]
    while waiting:
        for atom in waiting.pop().atoms:
            if isinstance(atom, Sequence) and atom.items is not None:
                waiting.extend(atom.items)
            else:
                yield atom


def _may_be(machine: Machine, atom: Atom, wanted: Atom) -> bool:
    """Whether something may be an object of a class."""
    kind = _kind(atom)
    if isinstance(wanted, ClassRef):
        order = machine.mro(wanted.owner)
        if not _PROTOCOLS.isdisjoint(order):
            return True
        if isinstance(atom, InstanceRef):
            below = machine.subclasses(atom.owner) if atom.site is None else ()
            return any(wanted.owner in machine.mro(each) for each in (atom.owner, *below))
        return not kind or kind in order
    if not isinstance(wanted, External) or wanted.name.startswith(_OPEN):
        return True
    if isinstance(atom, InstanceRef):
        order = machine.mro(atom.owner)
        return any(isinstance(base, str) and base not in _BARE for base in order)
    return not kind or wanted.name not in _KINDS or wanted.name in {kind, _WIDER.get(kind)}


def _must_be(machine: Machine, atom: Atom, wanted: Atom) -> bool:
    """Whether something surely is an object of a class."""
    if isinstance(wanted, ClassRef):
        return isinstance(atom, InstanceRef) and wanted.owner in machine.mro(atom.owner)
    if not isinstance(wanted, External):
        return False
    if isinstance(atom, InstanceRef):
        return wanted.name in machine.mro(atom.owner)
    kind = _kind(atom) or (atom.type if isinstance(atom, ExternalInstance) else "")
    return bool(kind) and wanted.name in {kind, _WIDER.get(kind)}


_WIDER = {"builtins.bool": "builtins.int"}


def _kind(atom: Atom) -> str:
    """The class of the language that something is an object of; empty when it may be another."""
    match atom:
        case Constant(type=name) | Sequence(kind=name):
            found = f"builtins.{name}"
        case ExternalInstance(type=name):
            found = name
        case Mapping():
            found = "builtins.dict"
        case _:
            return ""
    return found if found in _KINDS else ""
