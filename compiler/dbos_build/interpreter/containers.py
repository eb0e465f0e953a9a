"""Methods of the built-in containers: what they take out and put in.

In: calls such as `xs.append(v)` or `d.get("k")`. Out: results, and the container as it is
afterwards, stored back where it came from. Never does: report effects.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.machine import Arguments, Frame, Machine
from dbos_build.interpreter.outside import taint_at
from dbos_build.interpreter.targets import (
    note_change,
    rebind,
    with_element,
    with_item,
)
from dbos_build.interpreter.values import (
    NO_ATOMS,
    NOTHING,
    Constant,
    Mapping,
    Sequence,
    Taint,
    Value,
    constant,
    elements,
    instance,
    is_arbitrary,
    join_all,
    sequence,
    unknown,
    unordered,
)

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]


def _receiver(node: ast.AST, frame: Frame) -> tuple[ast.expr, Value] | None:
    """The expression and value of `x` in `x.method(…)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        holder = node.func.value
        return holder, frame.activation.values.get(holder, NOTHING)
    return None


def _changed(machine: Machine, node: ast.AST, holder: ast.expr, value: Value, frame: Frame) -> None:
    """Store a changed container, and note when it belongs to the module or to `self`."""
    note_change(machine, holder, node, frame)
    rebind(machine, holder, value, frame)


def _add(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """append, add, insert, appendleft: one more element."""
    found = _receiver(node, frame)
    if found is not None and arguments.positional:
        holder, value = found
        added = arguments.positional[-1]
        added = unordered(added) if name.startswith("builtins.set.") else added
        _changed(machine, node, holder, with_element(value, added), frame)
    return constant(None)


def _extend(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """extend and update: the elements of another container."""
    found = _receiver(node, frame)
    if found is None:
        return constant(None)
    holder, value = found
    source = join_all(arguments.positional)
    is_mapping = any(isinstance(atom, Mapping) for atom in value.atoms)
    added = source if is_mapping else elements(source)
    changed = with_element(value, added)
    for key, item in arguments.keywords.items():
        changed = with_item(changed, constant(key), item)
    _changed(machine, node, holder, changed, frame)
    return constant(None)


def _get(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`d.get(key, default)`, `d.pop(key)`, `d.setdefault(key, value)`."""
    found = _receiver(node, frame)
    if found is None:
        return None
    holder, value = found
    tail = name.rpartition(".")[2]
    key = arguments.positional[0] if arguments.positional else NOTHING
    result = Value(NO_ATOMS, value.taints).join(join_all(arguments.positional[1:]))
    literal = next(iter(key.atoms)) if len(key.atoms) == 1 else None
    for atom in value.atoms:
        if isinstance(atom, Mapping):
            items = dict(atom.items)
            if isinstance(literal, Constant) and literal.value in items:
                result = result.join(items[literal.value])
            else:
                result = result.join(join_all(items.values())).join(atom.rest)
        elif isinstance(atom, Sequence):
            result = result.join(atom.element)
    if name == "builtins.set.pop" and is_arbitrary(value):
        result = result.tainted(frozenset((taint_at("set_pick", node, frame),)))
    if tail == "setdefault" and len(arguments.positional) > 1:
        changed = with_item(value, key, arguments.positional[1])
        _changed(machine, node, holder, changed, frame)
    elif tail in {"pop", "popitem"}:
        _changed(machine, node, holder, value, frame)
    return result if result.atoms else result.join(unknown("item"))


def _remove(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """clear, remove, discard, sort, reverse: the same container."""
    found = _receiver(node, frame)
    key = arguments.keywords.get("key")
    if found is not None:
        holder, value = found
        if name.endswith(".sort"):
            value = sequence("list", None, unordered(elements(value)))
        _changed(machine, node, holder, value, frame)
        if key is not None:
            machine.call(node, key, Arguments([elements(value)]), frame)
    return constant(None)


def _views(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`d.items()`, `d.values()`, `d.keys()`."""
    found = _receiver(node, frame)
    value = found[1] if found is not None else NOTHING
    keys, held = NOTHING, NOTHING
    order: frozenset[Taint] = frozenset()
    for atom in value.atoms:
        if isinstance(atom, Mapping):
            keys = keys.join(join_all(constant(key) for key, _ in atom.items))
            held = held.join(join_all(item for _, item in atom.items)).join(atom.rest)
            order |= atom.order
    keys = keys if keys.atoms else unknown("key")
    held = held if held.atoms else unknown("value")
    tail = name.rpartition(".")[2]
    element = {"keys": keys, "values": held}.get(tail, sequence("tuple", [keys, held]))
    return sequence("iterator", None, element.tainted(value.taints | order))


def _copy(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`copy` and the set operations keep the elements."""
    found = _receiver(node, frame)
    if found is None:
        return None
    value = found[1]
    for other in arguments.positional:
        value = with_element(value, elements(other)) if value.atoms else value
    return value if value.atoms else None


def _text(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """Methods of text give text, numbers or lists of text; nondeterminism passes through."""
    found = _receiver(node, frame)
    taints = arguments.taints | (found[1].taints if found is not None else frozenset())
    tail = name.rpartition(".")[2]
    if tail == "join" and arguments.positional and is_arbitrary(arguments.positional[0]):
        taints = taints | {taint_at("set_loop", node, frame)}
    if tail in {"split", "rsplit", "splitlines", "partition", "rpartition"}:
        return sequence("list", None, instance("builtins.str").tainted(taints))
    if tail.startswith("is") or tail in {"startswith", "endswith"}:
        return instance("builtins.bool").tainted(taints)
    if tail in {"find", "rfind", "index", "rindex", "count"}:
        return instance("builtins.int").tainted(taints)
    kind = {"encode": "bytes", "decode": "str"}.get(tail, name.split(".")[1])
    return instance(f"builtins.{kind}").tainted(taints)


_TEXT_METHODS = [name for name in (*dir(str), *dir(bytes)) if not name.startswith("_")]

CONTAINER_MODELS: dict[str, Model] = {
    **{f"builtins.{kind}.{name}": _text for kind in ("str", "bytes") for name in _TEXT_METHODS},
}
for _kinds, _names, _model in (
    (("list", "set", "deque", "bytearray"), ("append", "add", "insert", "appendleft"), _add),
    (("list", "set", "dict", "deque"), ("extend", "update", "extendleft"), _extend),
    (("dict", "list", "set"), ("get", "pop", "setdefault", "popitem", "popleft"), _get),
    (("dict", "list", "set"), ("clear", "remove", "discard", "sort", "reverse"), _remove),
    (("dict",), ("items", "values", "keys"), _views),
    (
        ("dict", "list", "set", "frozenset", "tuple"),
        ("copy", "union", "intersection", "difference", "symmetric_difference"),
        _copy,
    ),
):
    for _kind in _kinds:
        for _name in _names:
            CONTAINER_MODELS[f"builtins.{_kind}.{_name}"] = _model
