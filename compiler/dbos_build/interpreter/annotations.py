"""Annotations as values: what an object declared with a type may be.

In: an annotation expression and the frame it is read in. Out: the value of an object of that type,
through Optional, unions, containers, string annotations and aliases. Never does: record effects.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.machine import Frame, Machine
from dbos_build.interpreter.names import lookup
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    ClassRef,
    Constant,
    External,
    ExternalInstance,
    InstanceRef,
    Mapping,
    ModuleRef,
    Sequence,
    Value,
    of,
    unknown,
)
from dbos_build.parsing import parse_expression

_SEQUENCES = {
    "list": "list",
    "List": "list",
    "Sequence": "list",
    "MutableSequence": "list",
    "Iterable": "iterator",
    "Iterator": "iterator",
    "AsyncIterator": "iterator",
    "AsyncIterable": "iterator",
    "Generator": "iterator",
    "AsyncGenerator": "iterator",
    "Collection": "list",
    "deque": "list",
    "Deque": "list",
    "set": "set",
    "Set": "set",
    "MutableSet": "set",
    "AbstractSet": "set",
    "frozenset": "frozenset",
    "FrozenSet": "frozenset",
}
_MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"}
)
_TRANSPARENT = frozenset(
    {"Annotated", "Final", "ClassVar", "Required", "NotRequired", "Awaitable", "ReadOnly"}
)
_CONTAINER_MODULES = frozenset({"builtins", "typing", "collections", "collections.abc"})
_COLUMNS = frozenset({"sqlalchemy.orm.Mapped", "beanie.Link"})
"""What the fields of a model are declared with; read from an object they are what is inside."""

_DEPTH_MAX = 12


def annotated(machine: Machine, node: ast.expr | None, frame: Frame, depth: int = 0) -> Value:
    """The value of something annotated with this expression; NOTHING when it says nothing."""
    if node is None or depth > _DEPTH_MAX:
        return NOTHING
    match node:
        case ast.Constant(value=str(text)):
            return annotated(machine, _parsed(text), frame, depth + 1)
        case ast.Constant():
            return NOTHING
        case ast.BinOp(op=ast.BitOr()):
            left = annotated(machine, node.left, frame, depth + 1)
            return left.join(annotated(machine, node.right, frame, depth + 1))
        case ast.Subscript():
            return _subscripted(machine, node, frame, depth)
        case ast.Name() | ast.Attribute():
            return _named(machine, node, frame, depth)
    return NOTHING


def completed(value: Value, declared: Value) -> Value:
    """What a variable that is declared with a type may hold, beside its first value.

    A first value that is None stands for what is put there later, often by other code.
    """
    if not declared.atoms:
        return value
    if value.is_unknown:
        return declared.tainted(value.taints)
    return declared.join(value) if is_empty(value) else value


def is_empty(value: Value) -> bool:
    """Whether nothing but None is known of a value."""
    return all(isinstance(atom, Constant) and atom.value is None for atom in value.atoms)


def _parsed(text: str) -> ast.expr | None:
    """A string annotation as an expression."""
    try:
        return parse_expression(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def resolve(machine: Machine, node: ast.expr, frame: Frame) -> Value:
    """The value of a dotted name, read without recording anything."""
    if isinstance(node, ast.Name):
        return lookup(machine, node.id, frame)
    if isinstance(node, ast.Attribute):
        return machine.attribute(_SILENT, resolve(machine, node.value, frame), node.attr, frame)
    return NOTHING


# Property reads of annotations, if any, are recorded under this node, which belongs to no code.
_SILENT = ast.Pass()


def _named(machine: Machine, node: ast.expr, frame: Frame, depth: int) -> Value:
    """An annotation that is a plain or dotted name."""
    result = NOTHING
    for atom in resolve(machine, node, frame).atoms:
        result = result.join(_object(machine, atom, frame, depth))
    return result


def _object(machine: Machine, atom: Atom, frame: Frame, depth: int) -> Value:
    """An object of the class an atom stands for."""
    match atom:
        case ClassRef():
            return of(InstanceRef(atom.owner))
        case External():
            return _external_object(atom.name)
        case Constant(value=str(text)):
            return annotated(machine, _parsed(text), frame, depth + 1)
        case InstanceRef() | ExternalInstance() | Sequence() | Mapping():
            return of(atom)
    return NOTHING


def _external_object(name: str) -> Value:
    """An object of an external class; typing's own names say nothing."""
    head, _, tail = name.rpartition(".")
    if head in _CONTAINER_MODULES:
        if tail in _SEQUENCES:
            return of(Sequence(_SEQUENCES[tail], None, unknown("element of unknown type")))
        if tail in _MAPPINGS:
            return of(Mapping((), unknown("value of unknown type")))
        if tail in {"tuple", "Tuple"}:
            return of(Sequence("tuple", None, unknown("element of unknown type")))
    if head in {"typing", "typing_extensions", "types"} or name == "builtins.object":
        return NOTHING
    if name == "builtins.None":
        return NOTHING
    return of(ExternalInstance(name))


def _subscripted(machine: Machine, node: ast.Subscript, frame: Frame, depth: int) -> Value:
    """Generic annotations: containers, unions and wrappers."""
    tail = _tail(machine, node.value, frame)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if tail in {"Optional", "Union"}:
        result = NOTHING
        for part in parts:
            result = result.join(annotated(machine, part, frame, depth + 1))
        return result
    if tail in _TRANSPARENT:
        return annotated(machine, parts[0], frame, depth + 1)
    if tail == "Coroutine":
        return annotated(machine, parts[-1], frame, depth + 1)
    if tail in {"type", "Type"}:
        inner = annotated(machine, parts[0], frame, depth + 1)
        classes = [ClassRef(a.owner) for a in inner.atoms if isinstance(a, InstanceRef)]
        return of(*classes)
    if tail in _SEQUENCES:
        inner = annotated(machine, parts[0], frame, depth + 1)
        return of(Sequence(_SEQUENCES[tail], None, inner if inner.atoms else unknown("element")))
    if tail in _MAPPINGS and len(parts) > 1:
        inner = annotated(machine, parts[1], frame, depth + 1)
        return of(Mapping((), inner if inner.atoms else unknown("value of unknown type")))
    if tail in {"tuple", "Tuple"}:
        return _tuple(machine, parts, frame, depth)
    if tail in {"Literal", "Callable"}:
        return NOTHING
    return _named(machine, node.value, frame, depth)


def _tuple(machine: Machine, parts: list[ast.expr], frame: Frame, depth: int) -> Value:
    """`tuple[A, B]` keeps its positions, `tuple[A, ...]` does not; `tuple[()]` has none."""
    values = [annotated(machine, part, frame, depth + 1) for part in parts]
    values = [value if value.atoms else unknown("element") for value in values]
    match parts:
        case [_, ast.Constant(value=last)] if last is Ellipsis:
            return of(Sequence("tuple", None, values[0]))
    element = NOTHING
    for value in values:
        element = element.join(value)
    return of(Sequence("tuple", tuple(values), element))


def _tail(machine: Machine, node: ast.expr, frame: Frame) -> str:
    """The last part of what a generic's name stands for, through aliases; "" for own classes."""
    for atom in resolve(machine, node, frame).atoms:
        if isinstance(atom, External):
            head, _, tail = atom.name.rpartition(".")
            if head in _CONTAINER_MODULES or head in {"typing_extensions", "contextlib"}:
                return tail
            if atom.name in _COLUMNS:
                return "Annotated"
            return ""
        if isinstance(atom, ClassRef | ModuleRef | InstanceRef):
            return ""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
