"""Where local values come from: texts put together, assignments of a name, changed attributes.

In: expressions and functions. Out: whether a text holds anything but constants; the expressions a
name is assigned. Never does: follow a value through attributes of other objects.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.machine import Activation, Enter
from dbos_build.interpreter.names import parameters
from dbos_build.interpreter.values import NOTHING, Constant, ExternalInstance
from dbos_build.syntax import own_body, walk

_DEPTH_MAX = 6
_NUMBERS = frozenset({"int", "float", "bool"})
_CHANGING = frozenset(
    {"append", "add", "insert", "extend", "update", "setdefault", "pop", "popitem", "clear"}
    | {"remove", "discard", "sort", "reverse"}
)


def is_built(activation: Activation, node: ast.expr, depth: int = 0) -> bool:
    """Whether an expression is a text put together with something that is no constant."""
    if depth > _DEPTH_MAX:
        return False
    match node:
        case ast.JoinedStr():
            return not _is_safe(activation, node, depth)
        case ast.BinOp(op=ast.Add()):
            parts = _summands(node)
            texts = [part for part in parts if isinstance(part, ast.Constant | ast.JoinedStr)]
            return bool(texts) and not all(_is_safe(activation, p, depth + 1) for p in parts)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str()), right=right):
            return not _is_safe(activation, right, depth + 1)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            given = (*node.args, *(keyword.value for keyword in node.keywords))
            return not all(_is_safe(activation, each, depth + 1) for each in given)
        case ast.Call():
            return any(
                is_built(target.activation, each.value, depth + 1)
                for target in activation.calls.get(node, ())
                if isinstance(target, Enter) and target.activation.function is not None
                for each in own_body(target.activation.function.node)
                if isinstance(each, ast.Return) and each.value is not None
            )
        case ast.Name(id=name) if activation.function is not None:
            sources = assigned_to(activation.function.node, name)
            return any(s is not None and is_built(activation, s, depth + 1) for s in sources)
    return False


def _summands(node: ast.expr) -> list[ast.expr]:
    """The parts of `a + b + c`."""
    parts: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts.append(node.right)
        node = node.left
    return [node, *parts]


def _is_safe(activation: Activation, node: ast.expr, depth: int) -> bool:
    """Whether an expression is made of constants, numbers and names of things only."""
    if depth > _DEPTH_MAX:
        return True
    value = activation.values.get(node, NOTHING)
    if value.atoms and all(_is_literal(atom) for atom in value.atoms):
        return True
    inner = _parts(node)
    if inner is not None:
        return all(_is_safe(activation, part, depth + 1) for part in inner)
    match node:
        case ast.Name(id=name):
            return _is_safe_name(activation, node, name, depth)
        case ast.Attribute(value=ast.Name(id="self" | "cls")):
            return True
        case ast.Attribute(value=holder):
            return holder in activation.globals_read
        case ast.Call(func=ast.Name(id="int" | "len" | "float" | "bool")):
            return True
        case ast.Call():
            entered = [t for t in activation.calls.get(node, ()) if isinstance(t, Enter)]
            return bool(entered) and not is_built(activation, node, depth + 1)
    return False


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """The expressions that decide whether this one is safe; None when something else does."""
    match node:
        case ast.Constant():
            return []
        case ast.JoinedStr(values=values):
            return values
        case ast.FormattedValue(value=value):
            return [value]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return items
        case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item):
            return [item]
        case ast.Subscript(value=holder):
            return [holder]
        case ast.Call(func=ast.Attribute(value=separator, attr="join"), args=[joined]):
            return [separator, joined]
        case ast.Call(func=ast.Attribute(value=text, attr="strip" | "upper" | "lower")):
            return [text]
    return None


def _is_safe_name(activation: Activation, node: ast.Name, name: str, depth: int) -> bool:
    """Whether a variable holds only what is safe: module variables do, parameters do not."""
    if node in activation.globals_read or activation.function is None:
        return True
    if any(argument.arg == name for argument in parameters(activation.function.node)):
        return False
    sources = assigned_to(activation.function.node, name)
    return bool(sources) and all(
        source is not None and _is_safe(activation, source, depth + 1) for source in sources
    )


def _is_literal(atom: object) -> bool:
    if isinstance(atom, ExternalInstance):
        return atom.type.removeprefix("builtins.") in _NUMBERS
    return isinstance(atom, Constant)


def assigned_to(function: ast.AST, name: str) -> list[ast.expr | None]:
    """What a function assigns to a local name; None for a loop, a manager or the like."""
    found: list[ast.expr | None] = []
    for node in own_body(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if name in _names_in(target):
                        found.append(value if isinstance(target, ast.Name) else None)
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
                | ast.comprehension(target=target, iter=value)
            ) if name in _names_in(target):
                found.append(value)
            case (
                ast.For(target=target)
                | ast.AsyncFor(target=target)
                | ast.withitem(optional_vars=ast.expr() as target)
            ) if name in _names_in(target):
                found.append(None)
    return found


def _names_in(target: ast.expr) -> set[str]:
    """The names that a target binds; changing an element or attribute binds none."""
    return {
        part.id
        for part in walk(target)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def changed_attributes(function: ast.AST) -> set[str]:
    """The names `x` of all `self.x` whose object a method changes in place."""
    found: set[str] = set()
    for node in walk(function):
        holders: list[ast.expr] = []
        match node:
            case ast.Call(func=ast.Attribute(value=holder, attr=name)) if name in _CHANGING:
                holders = [holder]
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                holders = [target.value for target in targets if isinstance(target, ast.Subscript)]
            case ast.AugAssign(target=ast.Subscript(value=holder)):
                holders = [holder]
            case ast.AugAssign(target=ast.Attribute() as holder):
                holders = [holder]
        found.update(
            holder.attr
            for holder in holders
            if isinstance(holder, ast.Attribute) and isinstance(holder.value, ast.Name)
        )
    return found
