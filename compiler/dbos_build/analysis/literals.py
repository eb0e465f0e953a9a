"""Literal arguments of calls: what the API is given, where the source says so.

In: activations and calls. Out: texts. Never does: guess; what is not surely a literal is None.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.concurrency import IN_THREAD
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, Constant, External, Mapping, Value


def api_calls(activation: Activation) -> list[tuple[ast.Call, str]]:
    """The calls of the DBOS API in an activation, with the qualified name of what is called."""
    known: tuple[int, list[tuple[ast.Call, str]]] | None = activation.memo.get("api calls")
    if known is None or known[0] != len(activation.calls):  # Module-level code may still grow.
        known = (len(activation.calls), list(_api_calls(activation)))
        activation.memo["api calls"] = known
    return known[1]


def _api_calls(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The same, found out."""
    for node, targets in activation.calls.items():
        if isinstance(node, ast.Call):
            for target in targets:
                if isinstance(target, Boundary) and target.kind == "api":
                    yield node, target.name


def is_called_itself(activation: Activation, node: ast.Call) -> bool:
    """Whether a call is that of the operation, not of something that is handed it.

    The arguments of `to_thread(DBOS.send, …)`, `map(queue.enqueue, …)` and of what `partial` gives
    are not those of the operation.
    """
    callee = activation.values.get(node.func, NOTHING)
    return any(isinstance(atom, External) and atom.name.startswith(_API) for atom in callee.atoms)


def is_in_thread(activation: Activation, node: ast.AST) -> bool:
    """Whether a call hands what it runs to a thread, such as `to_thread(DBOS.send, …)`."""
    callee = activation.values.get(node.func, NOTHING) if isinstance(node, ast.Call) else NOTHING
    return any(isinstance(atom, External) and atom.name in IN_THREAD for atom in callee.atoms)


_API = "dbos."


def argument_of(node: ast.Call, name: str, position: int = -1) -> ast.expr | None:
    """The expression passed for a parameter, by keyword or by position."""
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    before = node.args[: position + 1]
    if 0 <= position < len(node.args) and not any(isinstance(a, ast.Starred) for a in before):
        return node.args[position]
    return None


def texts_of(activation: Activation, node: ast.expr) -> list[str] | None:
    """The texts an expression may be, sorted; None when it may be something else."""
    return _texts(activation.values.get(node, NOTHING))


def text_argument(
    activation: Activation, node: ast.Call, name: str, position: int = -1
) -> str | None:
    """The one text passed for a parameter."""
    given = argument_of(node, name, position)
    return _single(texts_of(activation, given)) if given is not None else None


def text_entry(activation: Activation, node: ast.Call, position: int, key: str) -> str | None:
    """The one text under a key of the dictionary passed at a position."""
    if position >= len(node.args):
        return None
    value = activation.values.get(node.args[position], NOTHING)
    found: set[str] = set()
    for atom in value.atoms:
        entry = dict(atom.items).get(key) if isinstance(atom, Mapping) else None
        texts = _texts(entry) if entry is not None else None
        if texts is None:
            return None
        found.update(texts)
    return _single(sorted(found))


def _texts(value: Value) -> list[str] | None:
    """The texts a value may be."""
    found = []
    for atom in value.atoms:
        if not isinstance(atom, Constant) or not isinstance(atom.value, str):
            return None
        found.append(atom.value)
    return sorted(found) if found else None


def _single(texts: list[str] | None) -> str | None:
    return texts[0] if texts is not None and len(texts) == 1 else None
