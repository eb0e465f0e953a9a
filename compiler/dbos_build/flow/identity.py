"""Identity: objects that are made alike, told apart by where they are made.

In: an expression whose object is kept somewhere, and its term. Out: the term, or another one when
an equal object was made elsewhere already. `p = Order(1)` and `q = Order(1)` begin alike, and are
two: what changes one leaves the other as it was.
Never: tells apart what cannot be changed, or objects of a workflow that changes none.
"""

from __future__ import annotations

import ast

from dbos_build.flow.members import SIMPLE
from dbos_build.flow.walk import Walk
from dbos_build.interpreter.values import Constant, ExternalInstance

_MAKING = frozenset(
    {
        *("list", "dict", "set", "call", "helper", "object", "lazy", "kept", "iter"),
        *("Add", "Sub", "Mult", "BitOr", "BitAnd", "BitXor", "[]="),
    }
)
"""Heads of what makes a new object, or may."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
_NEW = (ast.Call, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.GeneratorExp, *_COMPREHENSIONS)
"""What may make an object; whatever else is bound is there already."""


def distinct(walk: Walk, node: ast.expr, value: int) -> int:
    """The term of an expression: the n-th object of its kind is not the first."""
    row = walk.terms.rows[value]
    if isinstance(node, ast.Tuple) and row.head == "tuple" and len(row.parts) == len(node.elts):
        parts = [distinct(walk, *pair) for pair in zip(node.elts, row.parts, strict=True)]
        return walk.terms.make("tuple", *parts)
    if not _is_made(walk, node, value):
        return value
    place = (walk.frame.number, node)
    places = walk.made.setdefault(value, [])
    if place not in places:
        places.append(place)
    number = places.index(place)
    return walk.terms.make(f"again:{number}", value) if number else value


def _is_made(walk: Walk, node: ast.expr, value: int) -> bool:
    if not isinstance(node, _NEW) or walk.frames[0].activation not in walk.reaching.changing:
        return False
    if value in walk.terms.plain or value in walk.functions or value in walk.pending:
        return False
    head = walk.terms.rows[value].head
    if head not in _MAKING and not head.startswith(("fold:", ".")):
        return False
    if head.startswith(".") and not isinstance(node, _COMPREHENSIONS):
        return False
    found = walk.frame.activation.values.get(node)
    atoms = () if found is None else found.atoms
    return not atoms or not all(
        isinstance(atom, Constant) or (isinstance(atom, ExternalInstance) and atom.type in SIMPLE)
        for atom in atoms
    )
