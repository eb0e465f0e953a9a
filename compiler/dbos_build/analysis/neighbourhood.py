"""The neighbourhood of durable code: the modules in which something durable can be declared.

In: the engine. Out: scopes. Never does: take a module for durable because its strings or comments
speak of `dbos`: a checker, a template or a test of a checker speaks of it everywhere.
"""

from __future__ import annotations

import ast
from weakref import WeakKeyDictionary

from dbos_build.interpreter.engine import Engine
from dbos_build.names.mentions import imports_dbos
from dbos_build.names.symbols import Scope, Symbols
from dbos_build.nodes import called_names, every

_NAMES = frozenset({"dbos", "DBOS"})
_FOUND: WeakKeyDictionary[Symbols, tuple[Scope, ...]] = WeakKeyDictionary()
"""What was found for programs that are still looked at: several passes ask."""
DYNAMIC = frozenset({"import_module", "__import__"})
"""Functions that import by text."""


def neighbourhood(engine: Engine) -> list[Scope]:
    """The modules that import `dbos`, and those that import one of these, directly or not."""
    symbols = engine.symbols
    known = _FOUND.get(symbols)
    if known is None:
        known = _FOUND[symbols] = _neighbourhood(symbols)
    return list(known)


def _neighbourhood(symbols: Symbols) -> tuple[Scope, ...]:
    """The same, found out."""
    chosen = {path for path, scope in symbols.scopes.items() if _imports_dbos(scope)}
    if not chosen:
        return ()
    importers: dict[str, list[str]] = {}
    for path, scope in symbols.scopes.items():
        for name in scope.imports:
            target = symbols.find(name, scope.module)
            if target is not None:
                importers.setdefault(target.path, []).append(path)
    waiting = sorted(chosen)
    while waiting:
        for path in importers.get(waiting.pop(), ()):
            if path not in chosen:
                chosen.add(path)
                waiting.append(path)
    return tuple(symbols.scopes[path] for path in sorted(chosen))


def _imports_dbos(scope: Scope) -> bool:
    """Whether a module imports `dbos`, or something called `DBOS`, at its top or in a function.

    Most do so at their top, which is known; the tree is searched only when the lines look like it.
    """
    if any(not _NAMES.isdisjoint(name.split(".")) for name in (*scope.imports, *scope.stars)):
        return True
    tree = scope.module.tree
    if tree is None or not imports_dbos(scope.module.text):
        return False
    for node in every(tree, ast.Import, ast.ImportFrom):
        origin = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            if not _NAMES.isdisjoint((*origin.split("."), *alias.name.split("."))):
                return True
    return not called_names(tree).isdisjoint(DYNAMIC)
