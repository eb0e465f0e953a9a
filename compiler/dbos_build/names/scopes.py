"""Local names of a function, and what becomes of them in a canonical form.

In: a function, lambda, class or comprehension. Out: a `Scope` that tells local names from outer
ones and gives every renamable local a number in order of appearance.
Never: recurses into nested scopes; they have their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

Nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_SCOPED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

REFLECTION = frozenset({"locals", "vars", "dir", "eval", "exec"})
"""Builtins that see local names, so that renaming one would change what they return."""


@dataclass(slots=True, eq=False)
class Scope:
    """One level of names.

    `kept` names go into the canonical form as they are; other `local` names by number. Names in
    `imported` are bound by import statements only and stand for what they import.
    """

    parent: Scope | None
    is_class: bool = False
    local: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    imported: dict[str, list[Origin]] = field(default_factory=dict)
    values: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    stores: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    counter: count[int] = field(default_factory=count)

    def find(self, name: str) -> Scope | None:
        """The scope that binds `name` as seen from here; None for a global or builtin name."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if name in scope.outer:
                return None
            if name in scope.local and (first or not scope.is_class):
                return scope
            first = False
            scope = scope.parent
        return None

    def plain_values(self, name: str) -> list[ast.expr]:
        """What simple assignments give `name`; empty when it is bound in any other way too."""
        values = self.values.get(name, [])
        if len(values) != self.stores.get(name, 0):
            return []
        return [value for value in values if value is not None]

    def token(self, name: str) -> str:
        """How a name that this scope binds is written."""
        if name in self.kept or self.is_class:
            return f"kept:{name}"
        number = self.numbers.get(name)
        if number is None:
            number = self.numbers[name] = next(self.counter)
        return f"local:{number}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What an import binds: a module, or an attribute of one; `level` counts leading dots."""

    module: str
    attribute: str | None
    level: int = 0


def function_scope(node: Nested, parent: Scope | None, *, keep_all: bool = False) -> Scope:
    """Return the scope of a function, lambda or class body."""
    counter = parent.counter if parent is not None else count()
    scope = Scope(parent=parent, is_class=isinstance(node, ast.ClassDef), counter=counter)
    if not isinstance(node, ast.ClassDef):
        _bind_parameters(node, scope)
    statements = [node.body] if isinstance(node, ast.Lambda) else node.body
    _bind_body(statements, scope)
    if keep_all:
        scope.kept |= scope.local
    return scope


def comprehension_scope(node: Comprehension, parent: Scope | None) -> Scope:
    """Return the scope of a comprehension: its targets."""
    scope = Scope(parent=parent, counter=parent.counter if parent is not None else count())
    for generator in node.generators:
        scope.local.update(stored_names(generator.target))
    return scope


def sees_local_names(node: ast.AST) -> bool:
    """Whether code uses a builtin through which local names become data."""
    return any(isinstance(each, ast.Name) and each.id in REFLECTION for each in ast.walk(node))


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """All parameters of a function, in no particular order."""
    given = node.args
    found = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return found + [each for each in (given.vararg, given.kwarg) if each is not None]


def stored_names(target: ast.AST) -> Iterator[str]:
    """The plain names that an assignment target binds."""
    pending: list[ast.AST] = [target]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Tuple | ast.List):
            pending.extend(node.elts)
        elif isinstance(node, ast.Starred):
            pending.append(node.value)


def origins(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Origin]]:
    """The names that an import statement binds, with what each stands for; `*` for a star."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            bound = alias.asname or alias.name
            yield bound, Origin(node.module or "", alias.name, node.level)
        elif alias.asname is not None:
            yield alias.asname, Origin(alias.name, None)
        else:
            top = alias.name.partition(".")[0]
            yield top, Origin(top, None)


def _bind_parameters(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
) -> None:
    for each in parameters(node):
        scope.local.add(each.arg)
        scope.values.setdefault(each.arg, []).append(None)
        if not isinstance(node, ast.Lambda):  # A lambda's parameters are called by position.
            scope.kept.add(each.arg)


def _bind_body(statements: Iterable[ast.AST], scope: Scope) -> None:
    imported: dict[str, list[Origin]] = {}
    bound: set[str] = set()
    nonlocal_names: set[str] = set()
    for node in _own_nodes(statements):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, origin in origins(node):
                imported.setdefault(name, []).append(origin)
        elif isinstance(node, ast.Global):
            scope.outer.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            nonlocal_names.update(node.names)
        else:
            for name in _bound_by(node, scope):
                bound.add(name)
    bound |= {name for name in imported if name in scope.local}
    scope.local |= (bound | set(imported)) - nonlocal_names - scope.outer
    scope.imported = {
        name: found
        for name, found in imported.items()
        if name not in bound and len(set(found)) == 1 and name in scope.local
    }


def _bound_by(node: ast.AST, scope: Scope) -> Iterator[str]:
    """The names one node binds; notes the values of simple assignments on the way."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            scope.values.setdefault(name, []).append(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            if value is not None:
                scope.values.setdefault(name, []).append(value)
            yield name
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            scope.stores[name] = scope.stores.get(name, 0) + 1
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            scope.kept.add(node.name)  # Its name shows in step names and representations.
            scope.values.setdefault(node.name, []).append(None)
            yield node.name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            scope.values.setdefault(name, []).append(None)
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            scope.values.setdefault(name, []).append(None)
            yield name


def _own_nodes(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a body that belong to its own scope.

    Of nested scopes only the outside: decorators, defaults, bases, the first iterable of a
    comprehension, and the walrus targets that a comprehension binds around itself.
    """
    pending = list(statements)[::-1]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _SCOPED):
            pending.extend(_outside(node))
        elif isinstance(node, _COMPREHENSIONS):
            pending.append(node.generators[0].iter)
            yield from _walrus_targets(node)
        else:
            pending.extend(list(ast.iter_child_nodes(node))[::-1])


def _outside(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        found += node.decorator_list
    if isinstance(node, ast.ClassDef):
        found += [*node.bases, *node.keywords]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        found += [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
    return found


def _walrus_targets(node: ast.AST) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.NamedExpr):
            yield each.target
        if not isinstance(each, _SCOPED):
            pending.extend(ast.iter_child_nodes(each))
