"""What the global names in a module's code stand for, as far as versions need to know.

In: the names of all modules. Out: a `ModuleResolver` per module, which follows imports, aliases,
re-exports and star imports to functions, classes, variables, durable operations, or names outside
the project.
Never: guesses; an attribute of an object of unknown class stands for every member of that name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbos_build.names.forms import Key, Meaning, constant, dotted_parts
from dbos_build.names.hierarchy import Hierarchy
from dbos_build.names.scopes import Origin
from dbos_build.names.symbols import Symbols, absolute
from dbos_build.names.toplevel import TopLevel, read
from dbos_build.reading.module import Module

REGISTERING = frozenset(
    {"workflow", "step", "transaction", "scheduled", "dbos_class", "kafka_consumer"}
)
"""Decorators that register what they decorate and change nothing else about it."""
_OF_DATASOURCE = {
    "transaction": "transaction",
    "run_tx_step": "run_step",
    "run_tx_step_async": "run_step",
}
"""What methods of a datasource are, in the words of `DBOS`."""
ALIASES_MAX = 24
"""How many aliases are followed from one name; longer chains go in circles."""


@dataclass(slots=True, eq=False)
class Names:
    """The names of all modules of a program, read when first asked for.

    `boundaries` maps the entity of a durable function to its kind and registered name.
    """

    symbols: Symbols
    boundaries: Mapping[Key, tuple[str, str]]
    tops: dict[str, TopLevel] = field(default_factory=dict)
    resolvers: dict[str, ModuleResolver] = field(default_factory=dict)
    known_hierarchy: Hierarchy | None = None
    starring: set[tuple[str, str]] = field(default_factory=set)

    def top(self, module: Module) -> TopLevel:
        """The top level of a module that has a tree."""
        found = self.tops.get(module.path)
        if found is None:
            assert module.tree is not None
            found = self.tops[module.path] = read(module.tree)
        return found

    def resolver(self, module: Module) -> ModuleResolver:
        """The resolver of a module's global names."""
        found = self.resolvers.get(module.path)
        if found is None:
            found = self.resolvers[module.path] = ModuleResolver(self, module)
        return found

    def module_at(self, path: str) -> Module:
        """The module with a path."""
        return self.symbols.scopes[path].module

    @property
    def hierarchy(self) -> Hierarchy:
        """The classes of the project and how they inherit."""
        if self.known_hierarchy is None:
            modules = [module for module in self.symbols.modules if module.tree is not None]
            self.known_hierarchy = Hierarchy(modules, self._class_named)
        return self.known_hierarchy

    def _class_named(self, module: Module, dotted: Sequence[str]) -> Key | None:
        meaning = self.resolver(module).meaning(dotted, None)
        return meaning.inner if meaning.used == len(dotted) else None

    def boundary(self, key: Key) -> Key | None:
        """The identity of a durable function: all of it that its callers depend on."""
        declared = self.boundaries.get(key)
        if declared is None:
            return None
        kind, name = declared
        return ("boundary", "", f"{kind}:{name}")

    def durable(self, keys: Sequence[Key]) -> tuple[Key, ...]:
        """The same entities, durable functions by their identity."""
        return tuple(dict.fromkeys(self.boundary(key) or key for key in keys))


@dataclass(slots=True, eq=False)
class ModuleResolver:
    """Resolves the global names of one module; see `canonical.Resolver`."""

    names: Names
    module: Module
    depth: int = 0
    passed: set[str] = field(default_factory=set)

    def meaning(self, dotted: Sequence[str], origin: Origin | None) -> Meaning:
        """What a dotted name stands for; `origin` says what an import in a function binds it to."""
        if self.depth > ALIASES_MAX:
            return Meaning(used=1, text=f"free:{dotted[0]}")
        self.depth += 1
        try:
            if origin is not None:
                return self._imported(origin, dotted)
            return self._bound(dotted) or self._unbound(dotted)
        finally:
            self.depth -= 1

    def members(self, attribute: str, receiver: Key | None) -> tuple[Key, ...]:
        """The members of the project that an attribute may be."""
        return self.names.durable(self.names.hierarchy.members(attribute, receiver))

    def durable_kind(self, decorator: ast.expr) -> str | None:
        """`workflow`, `step`, `run_step`, … when an expression is that of the runtime."""
        parts = dotted_parts(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if parts is None:
            return None
        meaning = self.meaning(parts, None)
        if meaning.is_external and meaning.text.startswith("external:dbos."):
            tail = meaning.text.rpartition(".")[2].removesuffix("_async")
            return tail if tail in REGISTERING or tail == "run_step" else None
        found = self._made_by(meaning)
        if found is None or self.depth >= ALIASES_MAX:
            return None
        resolver, value = found
        rest = parts[meaning.used :]
        self.depth += 1
        try:
            if len(rest) == 1 and rest[0] in _OF_DATASOURCE and resolver.makes_datasource(value):
                return _OF_DATASOURCE[rest[0]]
            return resolver.durable_kind(value)
        finally:
            self.depth -= 1

    def _made_by(self, meaning: Meaning) -> tuple[ModuleResolver, ast.Call] | None:
        """The call that makes what a module variable always holds, with the names around it."""
        if len(meaning.targets) != 1 or meaning.targets[0][0] != "variable":
            return None
        _, path, name = meaning.targets[0]
        module = self.names.module_at(path)
        value = self.names.top(module).sole_value(name)
        return (self.names.resolver(module), value) if isinstance(value, ast.Call) else None

    def makes_datasource(self, value: ast.Call) -> bool:
        """Whether a call makes a datasource of the runtime."""
        parts = dotted_parts(value.func)
        text = "" if parts is None else self.meaning(parts, None).text
        made = text.removesuffix(".create")
        return made.startswith("external:dbos.") and made.endswith("Datasource")

    def _bound(self, dotted: Sequence[str]) -> Meaning | None:
        """The meaning of a name that the module binds, itself or through star imports."""
        module = self.module
        self.passed.add(module.path)
        top = self.names.top(module)
        name = dotted[0]
        if not top.binds(name):
            return self._starred(top, dotted)
        key: Key
        match top.kind(name):
            case "function":
                key = ("function", module.path, name)
                return Meaning(used=1, targets=self.names.durable([key]))
            case "class":
                key = ("class", module.path, name)
                return Meaning(used=1, targets=(key,), inner=key)
            case "import":
                return self._imported(top.imports[name][0], dotted)
            case _:
                return self._variable(top, dotted)

    def _starred(self, top: TopLevel, dotted: Sequence[str]) -> Meaning | None:
        for origin in reversed(top.stars):
            source = self.absolute_name(origin)
            target = self.names.symbols.find(source, self.module)
            if target is None or target.tree is None:
                if source == "dbos" and dotted[0] in ("DBOS", "Queue", "SetWorkflowID"):
                    return _external(["dbos", *dotted], len(dotted))
                continue
            pending = (target.path, dotted[0])
            if pending in self.names.starring:  # Modules may star-import each other in circles.
                continue
            self.names.starring.add(pending)
            try:
                found = self.names.resolver(target)._bound(dotted)
            finally:
                self.names.starring.discard(pending)
            if found is not None:
                return found
        return None

    def _unbound(self, dotted: Sequence[str]) -> Meaning:
        """A builtin, or a name that only a foreign star import can bind."""
        return Meaning(used=1, text=f"free:{dotted[0]}")

    def _variable(self, top: TopLevel, dotted: Sequence[str]) -> Meaning:
        """A variable; those that only rename something, or hold the runtime, are seen through."""
        name = dotted[0]
        key: Key = ("variable", self.module.path, name)
        value = top.sole_value(name)
        alias = dotted_parts(value) if value is not None else None
        if alias is not None and self.depth < ALIASES_MAX and alias[0] != name:
            meaning = self.meaning([*alias, *dotted[1:]], None)
            if meaning.used >= len(alias) and not meaning.text.startswith("free:"):
                return replace(meaning, used=meaning.used - len(alias) + 1)
        if isinstance(value, ast.Call) and self.depth < ALIASES_MAX:
            made = self.made(value)
            if made.text == "external:dbos.DBOS":
                return _external(["dbos", "DBOS", *dotted[1:]], len(dotted))
            if made.text == "external:dbos.Queue":
                queue = _queue_name(value)
                if queue is not None:
                    return Meaning(used=1, text=f"queue:{queue}", is_external=True)
            if made.inner is not None:
                return Meaning(used=1, targets=(key,), inner=made.inner)
        return Meaning(used=1, targets=(key,))

    def made(self, call: ast.Call) -> Meaning:
        """What is called by the expression that makes a variable's value."""
        parts = dotted_parts(call.func)
        if parts is None:
            return Meaning(used=0)
        meaning = self.meaning(parts, None)
        return meaning if meaning.used == len(parts) else Meaning(used=0)

    def _imported(self, origin: Origin, dotted: Sequence[str]) -> Meaning:
        """The meaning of a name bound by an import, and of what is read from it."""
        base = self.absolute_name(origin)
        if origin.attribute is None:
            return self._in_module(base, dotted, 1)
        target = self.names.symbols.find(base, self.module)
        if target is not None and target.tree is not None:
            inside = [origin.attribute, *dotted[1:]]
            resolver = self.names.resolver(target)
            if resolver.depth <= ALIASES_MAX:
                resolver.depth += 1
                try:
                    found = resolver._bound(inside)
                finally:
                    resolver.depth -= 1
                if found is not None:
                    self.passed.add(target.path)
                    return found
        below = f"{base}.{origin.attribute}" if base else origin.attribute
        if self._is_first_party(below):
            return self._in_module(below, dotted, 1)
        if target is not None:  # The module is ours, but nothing we can see binds the name.
            return Meaning(used=1, targets=(("module", target.path, target.name),))
        return _external([below, *dotted[1:]], len(dotted))

    def _in_module(self, name: str, dotted: Sequence[str], used: int) -> Meaning:
        """What `dotted[used:]` is in the module (or namespace) `name`."""
        if not self._is_first_party(name):
            return _external([name, *dotted[used:]], len(dotted))
        while True:
            target = self.names.symbols.find(name, self.module)
            has_tree = target is not None and target.tree is not None
            if used < len(dotted):
                if target is not None and has_tree:
                    found = self.names.resolver(target)._bound(dotted[used:])
                    if found is not None:
                        return replace(found, used=used + found.used)
                if self._is_first_party(f"{name}.{dotted[used]}"):
                    name, used = f"{name}.{dotted[used]}", used + 1
                    continue
            if target is None:
                return Meaning(used=used, text=f"namespace:{name}", is_external=True)
            return Meaning(used=used, targets=(("module", target.path, target.name),))

    def _is_first_party(self, name: str) -> bool:
        symbols = self.names.symbols
        return symbols.find(name, self.module) is not None or symbols.is_namespace(name)

    def absolute_name(self, origin: Origin) -> str:
        """The full name of the module that an import names."""
        if not origin.level:
            return origin.module
        node = ast.ImportFrom(module=origin.module or None, names=[], level=origin.level)
        return absolute(node, self.module)


def _external(parts: Sequence[str], used: int) -> Meaning:
    return Meaning(used=used, text="external:" + ".".join(parts), is_external=True)


def _queue_name(call: ast.Call) -> str | None:
    """The literal name of a queue; its other options do not change what replays."""
    given = call.args[0] if call.args else None
    for keyword in call.keywords:
        if keyword.arg == "name":
            given = keyword.value
    return constant(given.value) if isinstance(given, ast.Constant) else None
