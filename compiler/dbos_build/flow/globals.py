"""Globals: what names that a function does not bind stand for, by the digest of their meaning.

In: a program. Out: `Globals`: the head of a term for a global name, a class or a helper, equal
exactly when the code behind it is; and the names of durable functions.
Never: depends on paths, on names of helpers or on where something is defined.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from dbos_build.analysis.program import Program
from dbos_build.interpreter.engine import Engine
from dbos_build.names.forms import Key, Meaning
from dbos_build.names.scopes import Origin
from dbos_build.names.symbols import Function
from dbos_build.reading.module import Module
from dbos_build.versions import digests_of
from dbos_build.versions.closure import Closures, closures, reach


@dataclass(slots=True, eq=False)
class Globals:
    """The global names of a program. `durable` are the registered names, by kind and function."""

    made: Closures
    durable: dict[tuple[str, Function], str]
    engine: Engine
    digests: dict[Key, str] = field(default_factory=dict)
    assigning: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    known_members: dict[str, list[str]] = field(default_factory=dict)

    def meaning(
        self, module: Module, dotted: Sequence[str], origin: Origin | None = None
    ) -> Meaning:
        """What a dotted name stands for in a module."""
        return self.made.names.resolver(module).meaning(dotted, origin)

    def head(self, meaning: Meaning) -> str:
        """The head of a term for a meaning: its text, or the digests of what it may be."""
        if not meaning.targets:
            return meaning.text
        digests = {self.digest(key) for key in meaning.targets}
        for kind, path, name in meaning.targets:
            if kind == "variable":
                digests.update(self._assigning(path, name))
        return "global:" + ",".join(sorted(digests))

    def literal(self, meaning: Meaning) -> ast.Constant | None:
        """The number or text that a module variable always is, if it is one."""
        if len(meaning.targets) != 1 or meaning.targets[0][0] != "variable":
            return None
        _, path, name = meaning.targets[0]
        module = self.made.names.module_at(path)
        value = self.made.names.top(module).sole_value(name)
        if not isinstance(value, ast.Constant) or self._assigning(path, name):
            return None
        return value

    def _assigning(self, path: str, name: str) -> frozenset[str]:
        """The digests of the modules that may assign a variable other than at their top level."""
        found = self.assigning.get((path, name))
        if found is None:
            modules = [
                module
                for module in self.made.names.symbols.modules
                if module.tree is not None
                and name in module.text
                and _assigns(module.tree, name, is_own=module.path == path)
            ]
            keys: list[Key] = [("module", module.path, module.name) for module in modules]
            found = self.assigning[path, name] = frozenset(self.digest(key) for key in keys)
        return found

    def function(self, function: Function) -> str:
        """The head of a term for calling a helper that is not followed."""
        key: Key = ("function", function.module.path, function.qualname)
        if function.parent is None:
            return "helper:" + self.digest(key)
        return "nested:" + self.digest(("function", function.module.path, _outermost(function)))

    def members(self, name: str) -> list[str]:
        """The digests of all members of classes of the project that have a name, sorted."""
        found = self.known_members.get(name)
        if found is None:
            keys = self.made.names.durable(self.made.names.hierarchy.members(name, None))
            found = self.known_members[name] = sorted({self.digest(key) for key in keys})
        return found

    def digest(self, key: Key) -> str:
        """The digest of an entity and everything that it refers to."""
        found = self.digests.get(key)
        if found is None:
            via = reach(self.made, self.made.element(key))
            elements = {each: self.made.elements[each] for each in via}
            self.digests = digests_of(elements, self.digests)
            found = self.digests[key]
        return found


def _assigns(tree: ast.Module, name: str, *, is_own: bool) -> bool:
    """Whether a module assigns a variable from a function, or as an attribute of something."""
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=names):
                if is_own and name in names:
                    return True
            case ast.Attribute(value=ast.Name(id=holder), attr=attribute, ctx=ast.Store()):
                if attribute == name and holder not in ("self", "cls"):
                    return True
    return False


def _outermost(function: Function) -> str:
    """The function of a module or class that a nested function stands in."""
    while function.parent is not None:
        function = function.parent
    return function.qualname


def globals_of(program: Program) -> Globals:
    """Return the globals of a program, one for all its workflows; digests are made when needed."""
    known: Globals | None = program.engine.memo.get("globals")
    if known is None:
        made = closures(program)
        durable = {
            (each.kind, each.entity): each.name
            for group in (program.workflows, program.steps, program.transactions)
            for each in group
            if isinstance(each.entity, Function)
        }
        known = Globals(made, durable, program.engine)
        program.engine.memo["globals"] = known
    return known
