"""Attributes with a computed name: those that the literal parts of the name allow.

In: `getattr(self, f"on_{event.kind}")` and its like. Out: the members of the holder's class whose
names begin and end as the name surely does. Never does: take a name for known; the rest of it may
be anything, and the call stays one by a computed name. Nor does it look into modules: a new name
in one would have to run again whoever asked for another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.machine import Activation, Frame, Machine
from dbos_build.interpreter.values import NOTHING, Atom, ClassRef, InstanceRef, Value, of
from dbos_build.names.symbols import Class

_LITERAL_LEAST = 2
_FOUND_MAX = 24


def possible(machine: Machine, node: ast.AST, holder: Value, name: ast.expr, frame: Frame) -> Value:
    """What the attributes may be that a name with literal parts allows; none for other names."""
    parts = _literal_parts(name, frame.activation)
    if parts is None:
        return NOTHING
    prefix, suffix = parts
    result, count = NOTHING, 0
    for atom in holder.atoms:
        for each in _names(machine, atom):
            fits = each.startswith(prefix) and each.endswith(suffix)
            if fits and len(each) >= len(prefix) + len(suffix) and count < _FOUND_MAX:
                count += 1
                result = result.join(machine.attribute(node, of(atom), each, frame))
    return result


def _names(machine: Machine, atom: Atom) -> Iterator[str]:
    """The names that a class of the project and its ancestors bind."""
    if isinstance(atom, InstanceRef | ClassRef):
        found: dict[str, None] = {}
        for owner in machine.mro(atom.owner):
            if isinstance(owner, Class):
                found.update(dict.fromkeys(owner.bindings))
        yield from found


def _literal_parts(name: ast.expr, activation: Activation) -> tuple[str, str] | None:
    """How a computed name surely begins and ends; None when too little of it is literal."""
    if isinstance(name, ast.Name):
        assigned = _assigned(name.id, activation)
        return _literal_parts(assigned, activation) if assigned is not None else None
    parts: list[ast.expr] = []
    match name:
        case ast.JoinedStr(values=values):
            parts = values
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            parts = [left, right]
    if len(parts) < 2:
        return None
    prefix, suffix = _text(parts[0]), _text(parts[-1])
    return (prefix, suffix) if len(prefix) + len(suffix) >= _LITERAL_LEAST else None


def _assigned(name: str, activation: Activation) -> ast.expr | None:
    """The one expression, not a plain name, that the function assigns to a variable."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return None
    found = [
        statement.value
        for statement in function.node.body
        if isinstance(statement, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in statement.targets)
    ]
    return found[0] if len(found) == 1 and not isinstance(found[0], ast.Name) else None


def _text(node: ast.expr) -> str:
    """A literal text, or none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
