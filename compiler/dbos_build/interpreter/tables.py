"""Large literals: of thousands of rows that look alike, one tells what they all are.

In: the items of a list, set or dict display. Out: what they hold together; of rows that agree in
all but their constants one is evaluated, and tells the types of all. Never does: leave out an item
that names or calls anything; only constants and displays of constants are rows.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence as Items

from dbos_build.interpreter.machine import Frame, Machine
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    Constant,
    ExternalInstance,
    Mapping,
    Sequence,
    Value,
)

ITEMS_MAX = 64
"""A display with more items is a table: what it holds is kept together, not key by key."""
_ALIKE_MAX = 8
_DISPLAYS = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}

Shape = object


def is_table(nodes: Items[ast.expr], keys: Items[ast.expr | None] = ()) -> bool:
    """Whether a display is large, and all that is in it stands there: nothing is unpacked."""
    if len(nodes) <= ITEMS_MAX or None in keys:
        return False
    return not any(isinstance(node, ast.Starred) for node in nodes)


def held(
    machine: Machine, nodes: Items[ast.expr], keys: Items[ast.expr | None], frame: Frame
) -> Value:
    """What the items of a table hold, together; `keys` are those of a dict, else none."""
    shapes = [_shape(node) for node in nodes]
    counts = Counter(shapes)
    seen: set[Shape] = set()
    result = NOTHING
    for position, shape in enumerate(shapes):
        key = keys[position] if keys else None
        if key is not None and not isinstance(key, ast.Constant):
            machine.evaluate(key, frame)
        if shape is None or counts[shape] <= _ALIKE_MAX:
            result = result.join(machine.evaluate(nodes[position], frame))
        elif shape not in seen:
            seen.add(shape)
            result = result.join(_generalized_value(machine.evaluate(nodes[position], frame)))
    return result


def _generalized_value(value: Value) -> Value:
    """A value with the types of its literals in their place, however deep they are."""
    return Value(ordered(_generalized(atom) for atom in value.atoms), value.taints)


def _generalized(atom: Atom) -> Atom:
    match atom:
        case Constant(value=None):
            return atom
        case Constant():
            return ExternalInstance("builtins." + atom.type)
        case Sequence():
            items = (
                None
                if atom.items is None
                else tuple(_generalized_value(each) for each in atom.items)
            )
            return Sequence(atom.kind, items, _generalized_value(atom.element))
        case Mapping():
            held = tuple((key, _generalized_value(item)) for key, item in atom.items)
            return Mapping(held, _generalized_value(atom.rest))
    return atom


def _shape(node: ast.expr) -> Shape | None:
    """What two rows agree in when they differ in their constants only; None when it is no row."""
    if isinstance(node, ast.Constant):
        return type(node.value)
    if isinstance(node, ast.Dict):
        names = tuple(key.value for key in node.keys if isinstance(key, ast.Constant))
        whole = _shape_of_all("dict", node.values) if len(names) == len(node.keys) else None
        return whole if whole is None or len(names) > ITEMS_MAX else (whole, names)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return _shape_of_all(_DISPLAYS[type(node)], node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = node.operand.value if isinstance(node.operand, ast.Constant) else None
        return type(number) if isinstance(number, int | float) else None
    return None


def _shape_of_all(kind: str, nodes: Items[ast.expr]) -> Shape | None:
    """The shape of a display: position by position, of a long one only which there are."""
    shapes = [_shape(node) for node in nodes]
    if None in shapes:
        return None
    return (kind, tuple(shapes) if len(shapes) <= ITEMS_MAX else frozenset(shapes))
