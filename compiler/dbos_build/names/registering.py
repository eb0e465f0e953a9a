"""Registrations: what the tops of modules hand to others, to be called by them later.

In: the scopes of a project. Out: `Registrations`: the functions that are handed to something by a
method that says so, such as `@render.register`, `@opened.connect` or `opened.connect(note)`, and
all decorated functions by name. Never does: evaluate; a name is followed through imports, aliases
and stars alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbos_build.names.symbols import (
    Assigned,
    Class,
    Defined,
    Function,
    Imported,
    Scope,
    Symbols,
    all_functions,
    statements,
)
from dbos_build.reading.module import Module

WORDS = frozenset({"register", "connect", "connect_via", "receiver"})
"""What the methods, or decorators, are called that take a function to be called later."""
_STEPS_MAX = 12


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """A function, or an expression for one, that is handed to `holder` by a method called `word`.

    `arguments` are those beside the function: the type it is for, or the sender.
    """

    word: str
    holder: ast.expr
    scope: Scope
    function: Function | None
    given: ast.expr | None
    arguments: tuple[ast.expr, ...]


@dataclass(slots=True, eq=False)
class Registrations:
    """All registrations of a project, and what they are known by."""

    by_word: dict[str, list[Registration]] = field(default_factory=dict)
    decorated: dict[str, list[Function]] = field(default_factory=dict)
    chosen: dict[Function, list[Registration]] = field(default_factory=dict)
    """What is registered with a function of the project, by that function."""


def registrations(symbols: Symbols) -> Registrations:
    """Everything that is registered at the tops of a project's modules."""
    found = Registrations()
    for scope in symbols.scopes.values():
        for each in (*_decorators(scope, found.decorated), *_calls(scope)):
            found.by_word.setdefault(each.word, []).append(each)
            if each.word != "register":
                continue
            for target in meant(symbols, scope, each.holder):
                if isinstance(target, Function):
                    found.chosen.setdefault(target, []).append(each)
    return found


def _decorators(scope: Scope, decorated: dict[str, list[Function]]) -> Iterator[Registration]:
    """What decorators register; `decorated` is filled with the functions that have one."""
    for function in all_functions(scope):
        if function.decorators:
            decorated.setdefault(function.name, []).append(function)
        for decorator in function.decorators:
            called = decorator if isinstance(decorator, ast.Call) else None
            named = called.func if called is not None else decorator
            given = tuple(called.args) if called is not None else ()
            if isinstance(named, ast.Attribute) and named.attr in WORDS:
                yield Registration(named.attr, named.value, scope, function, None, given)
            elif isinstance(named, ast.Name) and named.id in WORDS and given:
                for holder in _each(given[0]):
                    yield Registration(named.id, holder, scope, function, None, given[1:])


def _each(node: ast.expr) -> Iterable[ast.expr]:
    """The parts of a display, or the expression itself."""
    return node.elts if isinstance(node, ast.List | ast.Tuple) else (node,)


def _calls(scope: Scope) -> Iterator[Registration]:
    """What calls at the top of a module register."""
    assert scope.module.tree is not None
    for statement in statements(scope.module.tree.body):
        match statement:
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=holder, attr=word), args=[*_, _]) as call
            ) if word in WORDS:
                place = -1 if word == "register" else 0
                others = call.args[:-1] if place else call.args[1:]
                yield Registration(word, holder, scope, None, call.args[place], tuple(others))
            case ast.Expr(
                value=ast.Call(
                    func=ast.Call(func=ast.Attribute(value=holder, attr=word)) as inner,
                    args=[given],
                )
            ) if word in WORDS:
                yield Registration(word, holder, scope, None, given, tuple(inner.args))


def meant(symbols: Symbols, scope: Scope, node: ast.expr) -> list[Function | Class | Module]:
    """What a dotted name at the top of a module stands for, as far as imports and aliases tell."""
    found: dict[Function | Class | Module, None] = {}
    seen: set[tuple[str, str]] = set()
    _follow(symbols, scope, node, found, seen)
    return list(found)


def _follow(
    symbols: Symbols,
    scope: Scope,
    node: ast.expr,
    found: dict[Function | Class | Module, None],
    seen: set[tuple[str, str]],
) -> None:
    """Add what an expression of a module means."""
    if isinstance(node, ast.Name):
        _follow_name(symbols, scope, node.id, found, seen)
    elif isinstance(node, ast.Attribute):
        holders: dict[Function | Class | Module, None] = {}
        _follow(symbols, scope, node.value, holders, seen)
        for holder in holders:
            if isinstance(holder, Module):
                _follow_member(symbols, holder, node.attr, found, seen)


def _follow_member(
    symbols: Symbols,
    module: Module,
    name: str,
    found: dict[Function | Class | Module, None],
    seen: set[tuple[str, str]],
) -> None:
    """Add what a name of a module means: what the module binds, else its submodule."""
    inner = symbols.scopes.get(module.path)
    before = len(found)
    if inner is not None:
        _follow_name(symbols, inner, name, found, seen)
    below = symbols.find(f"{module.name}.{name}", module) if len(found) == before else None
    if below is not None:
        found[below] = None


def _follow_name(
    symbols: Symbols,
    scope: Scope,
    name: str,
    found: dict[Function | Class | Module, None],
    seen: set[tuple[str, str]],
) -> None:
    """Add what a module binds a name to, through imports and aliases."""
    if (scope.module.path, name) in seen or len(seen) > _STEPS_MAX:
        return
    seen.add((scope.module.path, name))
    bound = scope.bindings.get(name, ())
    for binding in bound:
        match binding:
            case Defined():
                found[binding.entity] = None
            case Assigned(value=ast.Name() | ast.Attribute() as value, how="assign"):
                _follow(symbols, scope, value, found, seen)
            case Imported():
                target = symbols.find(binding.module, scope.module)
                if target is not None and binding.attribute is None:
                    found[target] = None
                elif target is not None and binding.attribute is not None:
                    _follow_member(symbols, target, binding.attribute, found, seen)
    for star in scope.stars if not bound else ():
        target = symbols.find(star, scope.module)
        inner = symbols.scopes.get(target.path) if target is not None else None
        if inner is not None:
            _follow_name(symbols, inner, name, found, seen)
