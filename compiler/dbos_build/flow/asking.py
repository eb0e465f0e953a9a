"""Asking: the node of one durable operation.

In: a walk, a call and the boundary it reaches. Out: a node with its kind, its recorded names and
the term of everything it is given; the term of its result.
Never: lets the body of a step, or options that only say how to run it, decide.
"""

from __future__ import annotations

import ast

from dbos_build.flow.graph import RESULT
from dbos_build.flow.inlining import prepared
from dbos_build.flow.operations import GET_RESULT, PATCH_PREFIX, Operation, operation
from dbos_build.flow.reaching import DURABLE
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import Walk
from dbos_build.interpreter.durable import as_literal
from dbos_build.interpreter.machine import Boundary
from dbos_build.names.interface import entry

_INLINE = ("run_step", "run_step_async", "run_tx_step", "run_tx_step_async")
_CONTEXTUAL = frozenset({"start", "enqueue", "child"})


def operation_at(walk: Walk, node: ast.Call, target: Boundary, *, is_awaited: bool) -> int:
    """Draw an operation; answers its result."""
    if target.kind not in DURABLE:
        return _verb(walk, node, target, is_awaited=is_awaited)
    if target.name.startswith("dbos.") and target.name.endswith(_INLINE):
        return _inline_step(walk, node, target, is_awaited=is_awaited)
    function = target.function
    name = "" if function is None else walk.globals.durable.get((target.kind, function), "")
    given = prepared(walk, node) + _receiver(walk, node) + walk.arguments(node, are_copied=True)
    if function is None or not name:
        return _draw(walk, node, Operation("opaque", ()), "", given)
    kind = "child" if target.kind == "workflow" else target.kind
    recorded = (name, GET_RESULT) if kind == "child" else (name,)
    is_started = function.is_async and not is_awaited
    return _draw(walk, node, Operation(kind, recorded), name, given, is_started=is_started)


def applied(walk: Walk, node: ast.Call, target: Boundary, given: int) -> int:
    """Draw a step that something else calls with one value; answers its result."""
    assert target.function is not None
    name = walk.globals.durable.get((target.kind, target.function), "")
    known = Operation(target.kind, (name,)) if name else Operation("opaque", ())
    return _draw(walk, node, known, name, [given])


def _receiver(walk: Walk, node: ast.Call) -> list[int]:
    """The object whose durable method is called, unless the function is named by itself."""
    if not isinstance(node.func, ast.Attribute):
        return []
    value = walk.value(node.func.value)
    row = walk.terms.rows[value]
    while row.head == "at":  # whatever has been changed since, the name stands for the same
        row = walk.terms.rows[row.parts[0]]
    is_name = row.head.startswith(("global:", "external:", "namespace:"))
    return [] if is_name else [walk.terms.make("of", value)]


def _inline_step(walk: Walk, node: ast.Call, target: Boundary, *, is_awaited: bool) -> int:
    """`DBOS.run_step(options, function, …)`: known by its name; other options do not count."""
    options = node.args[0] if node.args else None
    given = None if options is None else walk.frame.activation.values.get(options)
    literal = None if given is None else as_literal(given)
    name = literal.get("name") if isinstance(literal, dict) else None
    named = target.function
    if not isinstance(name, str):
        is_dynamic = not isinstance(literal, dict | None) or (
            isinstance(literal, dict) and "name" in literal
        )
        name = "" if is_dynamic or named is None else named.qualname
    parts = walk.arguments(node, skip=2, are_copied=True)
    if not name and options is not None:
        parts = [walk.now(walk.value(options)), *parts]
    is_started = not is_awaited and "async" in target.name.lower()
    known = Operation(target.kind, (name,) if name else ())
    return _draw(walk, node, known, name, parts, is_started=is_started)


def _verb(walk: Walk, node: ast.Call, target: Boundary, *, is_awaited: bool) -> int:
    """An operation of the API by its verb."""
    known = operation(target.name)
    assert known is not None
    label = _label(walk, node, known)
    given = _receiver(walk, node) + _by_name(walk, node, target.name)
    function = target.function
    if known.kind in ("start", "enqueue") and not known.recorded:
        name = "" if function is None else walk.globals.durable.get(("workflow", function), "")
        known, label = Operation(known.kind, (name,) if name else ()), name
    elif known.kind in ("patch", "deprecate_patch"):
        known = Operation(known.kind, (PATCH_PREFIX + label,) if label else ())
    is_async = target.name.endswith("_async") or "Async" in target.name
    is_started = is_async and not is_awaited
    return _draw(walk, node, known, label, given, is_started=is_started)


def _by_name(walk: Walk, node: ast.Call, name: str) -> list[int]:
    """The arguments of an operation, so that `recv("a")` and `recv(topic="a")` are the same."""
    known = entry(name)
    if known is None or any(isinstance(each, ast.Starred) for each in node.args):
        return walk.arguments(node, are_copied=True)
    names = [each.name for each in known.by_position]
    values = [walk.now(walk.value(each)) for each in node.args]
    named = list(zip(names, values, strict=False))
    named += [(each.arg or "**", walk.now(walk.value(each.value))) for each in node.keywords]
    if all(each.arg is not None for each in node.keywords):
        named.sort(key=lambda pair: pair[0])
    return [
        *values[len(names) :],
        *(walk.terms.make(f"{each}=", value) for each, value in named),
    ]


def _label(walk: Walk, node: ast.Call, known: Operation) -> str:
    """The literal that people know an operation by: a topic, a key, the name of a patch."""
    given: ast.expr | None = None
    if 0 <= known.position < len(node.args):
        given = node.args[known.position]
    for keyword in node.keywords:
        if keyword.arg == known.label and known.label:
            given = keyword.value
    found = None if given is None else walk.frame.activation.values.get(given)
    literal = None if found is None else as_literal(found)
    return literal if isinstance(literal, str) else ""


def _draw(
    walk: Walk,
    node: ast.Call,
    known: Operation,
    name: str,
    given: list[int],
    *,
    is_started: bool = False,
) -> int:
    if known.kind in _CONTEXTUAL:
        given = [*given, *(walk.terms.make("within", each) for each in walk.contexts)]
    ended = walk.draw(
        known.kind,
        node,
        text=one_line(node),
        value=walk.terms.make("given", *given),
        name=name,
        recorded=known.recorded,
        is_started=is_started,
    )
    if known.kind in ("patch", "deprecate_patch"):
        return walk.terms.make(RESULT, place=ended.number)
    return walk.operate(ended)
