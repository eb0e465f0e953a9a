"""Name lookup: which value a plain name has in a frame.

In: a name and a frame. Out: its value from the local variables, the enclosing functions, the module
or the builtins, in Python's order, so that a local named `time` is never the module. Never does:
evaluate anything but what the name is bound to.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from dbos_build.interpreter.machine import Activation, Frame, Machine
from dbos_build.interpreter.values import NOTHING, External, Value, of, unknown
from dbos_build.names.symbols import Function, FunctionNode, statements
from dbos_build.nodes import every, own_body

_COLLECTED: WeakKeyDictionary[FunctionNode, Names] = WeakKeyDictionary()
"""The names of every function whose tree is still there, whichever engine asks."""
_BUILTINS = frozenset(dir(builtins)) | {"reveal_type"}
_UNBOUND = unknown("not assigned yet")
_MISSING = unknown("name not found")


@dataclass(frozen=True, slots=True)
class Names:
    """The names a function binds, and whether it yields."""

    local: frozenset[str]
    globals: frozenset[str]
    nonlocals: frozenset[str]
    is_generator: bool


def lookup(machine: Machine, name: str, frame: Frame, node: ast.AST | None = None) -> Value:
    """The value of a name in a frame."""
    value = frame.env.get(name)
    if value is not None:
        return value
    activation = frame.activation
    if frame.owner is not None and frame.env.get("*" + frame.owner.qualname) is None:
        bound = _class_name(machine, name, frame)
        if bound is not None:
            return bound
    function = activation.function
    if function is not None:
        names = local_names(machine, function)
        if name in names.local:
            bound = activation.own(name)
            return bound if bound.atoms else _UNBOUND
        if name not in names.globals:
            found = _enclosing(machine, name, activation)
            if found is not None:
                return found
    return module_name(machine, name, activation, node)


def module_name(machine: Machine, name: str, activation: Activation, node: ast.AST | None) -> Value:
    """The value of a name that no function around the frame binds."""
    value = machine.module_value(activation.module, name, activation)
    if value is not None:
        if node is not None:
            activation.globals_read[node] = (activation.module.path, name)
        return value
    if name in _BUILTINS:
        return of(External("builtins." + name))
    return _MISSING


def _class_name(machine: Machine, name: str, frame: Frame) -> Value | None:
    """A name bound by the class body that is being evaluated."""
    owner = frame.owner
    assert owner is not None
    if name not in owner.bindings:
        return None
    # The mark stops a name whose own value mentions it (`x = x`) from looking into the class again.
    inner = Frame(frame.activation, {**frame.env, "*" + owner.qualname: NOTHING}, owner)
    values = [machine.binding_value(binding, inner, name) for binding in owner.bindings[name]]
    result = NOTHING
    for value in values:
        result = result.join(value)
    return result


def _enclosing(machine: Machine, name: str, activation: Activation) -> Value | None:
    """A name bound by one of the functions around a function."""
    outer = activation.closure
    while outer is not None and outer.function is not None:
        names = local_names(machine, outer.function)
        if name in names.local:
            cell = outer.cells.get(name)
            if cell is None:
                cell = outer.cell(name)
            value = cell.read(activation)
            return value if value.atoms or value.taints else _UNBOUND
        if name in names.globals:
            return None
        outer = outer.closure
    return None


def local_names(machine: Machine, function: Function) -> Names:
    """The names a function binds; computed once per function."""
    known: Names | None = machine.local_names.get(function)
    if known is None:
        known = _COLLECTED.get(function.node)
        if known is None:
            known = _COLLECTED[function.node] = _collect(function.node)
        machine.local_names[function] = known
    return known


def names_of(node: FunctionNode) -> Names:
    """The names a function binds, found out anew."""
    return _collect(node)


def forget_names(nodes: Iterable[ast.AST]) -> None:
    """Forget which names these functions bind, because their trees change."""
    for node in nodes:
        _COLLECTED.pop(node, None)  # type: ignore[call-overload]


def has_no_body(node: FunctionNode) -> bool:
    """Whether a function does nothing but say that somebody else will do it."""
    if isinstance(node, ast.Lambda):
        return False
    for statement in node.body:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                continue
            case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
                continue
            case ast.Raise(exc=ast.Name(id="NotImplementedError")):
                continue
        return False
    return True


def assigned_attributes(node: FunctionNode) -> list[str]:
    """The names `x` of all `self.x = …` in a method."""
    if isinstance(node, ast.Lambda) or not node.args.args:
        return []
    own = node.args.args[0].arg
    found: dict[str, None] = {}
    for statement in statements(node.body):
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            for part in parts:
                match part:
                    case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == own:
                        found[attribute] = None
    return list(found)


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """All parameters of a function, in order."""
    arguments = node.args
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        found.append(arguments.vararg)
    found.extend(arguments.kwonlyargs)
    if arguments.kwarg is not None:
        found.append(arguments.kwarg)
    return found


def _collect(node: FunctionNode) -> Names:
    """Everything a function binds, in one pass; nested functions and classes are not entered."""
    found = _Collected({argument.arg for argument in parameters(node)})
    for each in own_body(node):
        kind = type(each)
        if kind is ast.Name:
            assert isinstance(each, ast.Name)
            if type(each.ctx) is not ast.Load:
                found.stored.append(each)
        elif kind in _BINDING:
            _BINDING[kind](found, each)
    bound = found.bound
    bound.update(each.id for each in found.stored if each not in found.inside)
    return Names(
        local=frozenset(bound - found.shared - found.enclosing),
        globals=frozenset(found.shared),
        nonlocals=frozenset(found.enclosing),
        is_generator=found.is_generator,
    )


@dataclass(slots=True)
class _Collected:
    """What was found of a function's names so far; `inside` are targets of comprehensions."""

    bound: set[str]
    shared: set[str] = field(default_factory=set)
    enclosing: set[str] = field(default_factory=set)
    inside: set[ast.Name] = field(default_factory=set)
    stored: list[ast.Name] = field(default_factory=list)
    is_generator: bool = False


def _note_definition(found: _Collected, node: Any) -> None:
    found.bound.add(node.name)


def _note_import(found: _Collected, node: Any) -> None:
    found.bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _note_named(found: _Collected, node: Any) -> None:
    if node.name:
        found.bound.add(node.name)


def _note_rest(found: _Collected, node: Any) -> None:
    if node.rest:
        found.bound.add(node.rest)


def _note_lambda(found: _Collected, node: Any) -> None:
    for default in node.args.defaults:
        found.bound.update(each.target.id for each in every(default, ast.NamedExpr))


def _note_comprehension(found: _Collected, node: Any) -> None:
    for generator in node.generators:
        found.inside.update(every(generator.target, ast.Name))


def _note_global(found: _Collected, node: Any) -> None:
    found.shared.update(node.names)


def _note_nonlocal(found: _Collected, node: Any) -> None:
    found.enclosing.update(node.names)


def _note_yield(found: _Collected, node: Any) -> None:
    found.is_generator = True


_BINDING: dict[type[ast.AST], Callable[[_Collected, Any], None]] = {
    ast.FunctionDef: _note_definition,
    ast.AsyncFunctionDef: _note_definition,
    ast.ClassDef: _note_definition,
    ast.Import: _note_import,
    ast.ImportFrom: _note_import,
    ast.ExceptHandler: _note_named,
    ast.MatchAs: _note_named,
    ast.MatchStar: _note_named,
    ast.MatchMapping: _note_rest,
    ast.Lambda: _note_lambda,
    ast.ListComp: _note_comprehension,
    ast.SetComp: _note_comprehension,
    ast.DictComp: _note_comprehension,
    ast.GeneratorExp: _note_comprehension,
    ast.Global: _note_global,
    ast.Nonlocal: _note_nonlocal,
    ast.Yield: _note_yield,
    ast.YieldFrom: _note_yield,
}
