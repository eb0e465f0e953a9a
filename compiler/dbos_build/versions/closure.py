"""The closure of a workflow: everything that can change its replay.

In: an analysed program. Out: an `Element` per entity, with its own canonical form and the entities
it refers to; from a workflow's element the others are reached.
Steps, transactions and other workflows are elements by identity only: their results are recorded,
so their bodies cannot change a replay. Code that reaches names by text takes its whole module with
it, and the modules that this one imports.
Never: leaves out what it cannot resolve.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.places import Place, place
from dbos_build.analysis.program import Program
from dbos_build.names.forms import Canonical, Key, Owner, dotted_parts
from dbos_build.names.registering import Registration, registrations
from dbos_build.names.scopes import Scope, function_scope
from dbos_build.reading.module import Module
from dbos_build.versions.canonical import encode_class, encode_function, encode_statements
from dbos_build.versions.resolution import Names

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SETTING = re.compile(r"^([A-Za-z_]\w*(?:\.\w+)+)[ \t]*(?:[-+*/|&]=|=(?!=))", re.MULTILINE)
"""Assignments to `module.variable` outside of functions."""
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Element:
    """One entity of a closure: `text` is its own canonical form, with numbered references."""

    key: Key
    text: str
    references: tuple[tuple[Key, ...], ...]

    @property
    def targets(self) -> Iterator[Key]:
        """Every entity it refers to."""
        return (key for group in self.references for key in group)


@dataclass(slots=True, eq=False)
class Closures:
    """The elements of a program, made when first asked for.

    `settings` are the assignments to attributes of imported modules, by the attribute.
    `registered` are what modules hand to functions and objects at their tops, by these.
    """

    program: Program
    names: Names
    elements: dict[Key, Element] = field(default_factory=dict)
    settings: dict[str, list[tuple[Module, tuple[str, ...]]]] | None = None
    registered: dict[Key, list[Key]] | None = None

    def root(self, declaration: Declaration) -> Element:
        """The element of a workflow's own function."""
        where = place(self.program, declaration)
        key: Key = ("workflow", where.home.path, declaration.name)
        found = self.elements.get(key)
        if found is None:
            found = self.elements[key] = self._root(where, key)
        return found

    def element(self, key: Key) -> Element:
        """The element of an entity."""
        found = self.elements.get(key)
        if found is None:
            found = self.elements[key] = self._make(key)
        return found

    def passed(self, paths: Sequence[str]) -> frozenset[str]:
        """The modules that names in the given ones were resolved through."""
        found: set[str] = set(paths)
        for path in paths:
            resolver = self.names.resolvers.get(path)
            found |= resolver.passed if resolver is not None else set()
        return frozenset(found)

    def _root(self, where: Place, key: Key) -> Element:
        module, node = where.home, where.node
        if not isinstance(node, _FUNCTIONS):
            return self._whole(module, key)
        above = _ancestors(module, node)
        outer, outermost = _scope_around(above)
        owner = self._owner(module, where.qualname, node, above)
        made = encode_function(node, self.names.resolver(module), owner, outer)
        extra: list[Key] = [owner.key] if owner.key is not None else []
        if owner.key is not None and owner.receiver is not None:
            extra.append(("instances", owner.key[1], owner.key[2]))
        if outermost is not None:
            extra.append(("function", module.path, outermost))
        return self._finished(key, module, made, extra)

    def _make(self, key: Key) -> Element:
        kind, path, name = key
        if kind == "boundary":
            return Element(key, name, ())
        module = self.names.module_at(path)
        match kind:
            case "function":
                return self._function(key, module, name)
            case "class":
                return self._class(key, module)
            case "variable":
                statements = self.names.top(module).statements(name)
                made = encode_statements(statements, self.names.resolver(module))
                others = [*self._rebinding(module, name), *self._setting(module, name)]
                others += self._registered(key)
                return self._finished(key, module, made, others)
            case "instances":
                return self._instances(key)
        return self._whole(module, key)

    def _function(self, key: Key, module: Module, qualname: str) -> Element:
        """A helper or method; several definitions of one name count together."""
        resolver = self.names.resolver(module)
        texts: list[str] = []
        groups: list[tuple[Key, ...]] = []
        dynamic = False
        owner_key: Key | None = None
        for node in self._definitions(module, qualname):
            owner = self._owner(module, qualname, node, ())
            owner_key = owner.key
            made = encode_function(node, resolver, owner, Scope(parent=None))
            texts.append(f"{len(made.references)}{made.text}")
            groups += made.references
            dynamic = dynamic or made.dynamic
        extra = [owner_key] if owner_key is not None else []
        extra += self._registered(key)
        whole = Canonical("|".join(texts), tuple(groups), dynamic)
        return self._finished(key, module, whole, extra)

    def _class(self, key: Key, module: Module) -> Element:
        """A class: its fields, and of its methods those that Python calls by itself."""
        found = self.names.hierarchy.classes[key]
        resolver = self.names.resolver(module)
        decorated = any(resolver.durable_kind(each) is None for each in found.node.decorator_list)
        hooked = bool(found.node.keywords) or "__init_subclass__" in found.members
        is_handed = (hooked or decorated) and self._sees_methods(found.node, module)
        methods = sorted(each for each in found.methods if _is_special(each[2]) or is_handed)
        made = encode_class(found.node, resolver, self.names.durable(methods))
        return self._finished(key, module, made, [])

    def _sees_methods(self, node: ast.ClassDef, module: Module) -> bool:
        """Whether something of the project is handed the class and may call any method."""
        if node.keywords:
            return True
        resolver = self.names.resolver(module)
        made = encode_statements([ast.Expr(each) for each in node.decorator_list], resolver)
        return any(key[0] != "boundary" for group in made.references for key in group)

    def _instances(self, key: Key) -> Element:
        """Every call that makes an object of a class: what it is given is state of its methods."""
        owner: Key = ("class", key[1], key[2])
        related = self.names.hierarchy.related(owner)
        names = {each[2].rpartition(".")[2] for each in related}
        made: list[Canonical] = []
        for module in self.names.symbols.modules:
            if module.tree is None or not any(name in module.text for name in names):
                continue
            resolver = self.names.resolver(module)
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call) and resolver.made(node).inner in related:
                    made.append(encode_statements([ast.Expr(node)], resolver))
        made.sort(key=lambda each: each.text)
        text = "|".join(f"{len(each.references)}{each.text}" for each in made)
        return Element(key, text, tuple(group for each in made for group in each.references))

    def _whole(self, module: Module, key: Key) -> Element:
        """A module that counts as a whole; of durable functions still only the identity."""
        assert module.tree is not None
        body = sorted(_single_imports(module.tree.body), key=_order)
        made = encode_statements(body, self.names.resolver(module))
        return Element(key, made.text, made.references)

    def _finished(self, key: Key, module: Module, made: Canonical, extra: Sequence[Key]) -> Element:
        groups = [*made.references, *((each,) for each in extra)]
        if made.dynamic:
            groups.append(tuple(self._surroundings(module)))
        return Element(key, made.text, tuple(groups))

    def _surroundings(self, module: Module) -> Iterator[Key]:
        """A module and the modules of the project that it imports."""
        symbols = self.names.symbols
        found = {module.path: module}
        for name in symbols.scopes[module.path].imports:
            target = symbols.find(name, module)
            if target is not None and target.tree is not None:
                found[target.path] = target
        for path in sorted(found):
            yield ("module", path, found[path].name)

    def _rebinding(self, module: Module, name: str) -> tuple[Key, ...]:
        """The functions of a module that give one of its variables another value."""
        if "global " not in module.text:
            return ()
        found: list[Key] = []
        classes = self.names.hierarchy.classes.values()
        tables = [("", self.names.top(module).functions)]
        tables += [(f"{each.key[2]}.", each.functions) for each in classes if each.module is module]
        for prefix, functions in tables:
            for own, nodes in functions.items():
                inside = (part for node in nodes for part in ast.walk(node))
                if any(isinstance(part, ast.Global) and name in part.names for part in inside):
                    found.append(("function", module.path, prefix + own))
        return self.names.durable(sorted(found))

    def _setting(self, module: Module, name: str) -> Iterator[Key]:
        """The other modules that set one of this module's variables when they are imported."""
        if self.settings is None:
            self.settings = {}
            for other in self.names.symbols.modules:
                for dotted in _SETTING.findall(other.text or ""):
                    last = dotted.rpartition(".")[2]
                    self.settings.setdefault(last, []).append((other, tuple(dotted.split("."))))
        for other, parts in self.settings.get(name, ()):
            if other is not module and other.tree is not None:
                meaning = self.names.resolver(other).meaning(parts, None)
                if ("variable", module.path, name) in meaning.targets:
                    yield ("module", other.path, other.name)

    def _registered(self, key: Key) -> Sequence[Key]:
        """What is handed to an entity in any module, to be called by it: `@text.register`."""
        if self.registered is None:
            self.registered = {}
            found = registrations(self.names.symbols).by_word.values()
            for each in [one for group in found for one in group]:
                for holder in self._meant(each.scope.module, each.holder):
                    self.registered.setdefault(holder, []).extend(self._handed(each))
        return self.registered.get(key, ())

    def _handed(self, each: Registration) -> Sequence[Key]:
        """The function that is registered, else the module whose top makes it."""
        module = each.scope.module
        if each.function is not None:
            return self.names.durable([("function", module.path, each.function.qualname)])
        found = self._meant(module, each.given) if each.given is not None else ()
        return found or [("module", module.path, module.name)]

    def _meant(self, module: Module, node: ast.expr) -> Sequence[Key]:
        """The entities that a dotted name at the top of a module stands for as a whole."""
        parts = dotted_parts(node)
        if parts is None:
            return ()
        meaning = self.names.resolver(module).meaning(parts, None)
        return meaning.targets if meaning.used == len(parts) else ()

    def _definitions(self, module: Module, qualname: str) -> list[FunctionNode]:
        owner, _, name = qualname.rpartition(".")
        if not owner:
            return self.names.top(module).functions.get(name, [])
        found = self.names.hierarchy.classes.get(("class", module.path, owner))
        return found.functions.get(name, []) if found is not None else []

    def _owner(
        self, module: Module, qualname: str, node: FunctionNode, above: Sequence[ast.AST]
    ) -> Owner:
        """The class a method belongs to, and the name of its first parameter."""
        owner = qualname.rpartition(".")[0]
        key: Key = ("class", module.path, owner)
        if key not in self.names.hierarchy.classes or any(isinstance(a, _FUNCTIONS) for a in above):
            return Owner()
        given = [*node.args.posonlyargs, *node.args.args]
        is_static = any(
            isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list
        )
        return Owner(key, given[0].arg if given and not is_static else None)


def closures(program: Program) -> Closures:
    """Return the closures of a program, nothing computed yet."""
    boundaries: dict[Key, tuple[str, str]] = {}
    groups = (("transaction", program.transactions), ("step", program.steps))
    for kind, declarations in (*groups, ("workflow", program.workflows)):
        for each in declarations:
            where = place(program, each)
            if where.is_decorated:
                label = "async " + each.name if each.is_async else each.name
                boundaries[("function", where.module.path, where.qualname)] = (kind, label)
    return Closures(program, Names(program.engine.symbols, boundaries))


def reach(made: Closures, root: Element) -> dict[Key, Key | None]:
    """Return every element reached from `root`, in order, with the one that led to it first."""
    via: dict[Key, Key | None] = {root.key: None}
    pending = deque([root])
    while pending:
        element = pending.popleft()
        for key in element.targets:
            if key not in via:
                via[key] = element.key
                pending.append(made.element(key))
    return via


def _ancestors(module: Module, target: ast.AST) -> list[ast.AST]:
    """The functions and classes around a definition, outermost first."""
    assert module.tree is not None
    if target in module.tree.body:
        return []
    line = getattr(target, "lineno", 0)
    pending: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(module.tree, ())]
    while pending:
        node, above = pending.pop()
        if node is target:
            return list(above)
        inside = (*above, node) if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else above
        for child in ast.iter_child_nodes(node):
            if getattr(child, "lineno", line) <= line <= (getattr(child, "end_lineno", 0) or line):
                pending.append((child, inside))
    return []


def _scope_around(above: Sequence[ast.AST]) -> tuple[Scope, str | None]:
    """The scope around a nested function, and the name of the outermost function, if any."""
    scope = Scope(parent=None)
    outermost: str | None = None
    prefix = ""
    for node in above:
        assert isinstance(node, FunctionNode | ast.ClassDef)
        if isinstance(node, ast.ClassDef):
            prefix = f"{prefix}{node.name}."
            continue
        scope = function_scope(node, scope)
        outermost = outermost or prefix + node.name
    return scope, outermost


def _single_imports(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, imports one name at a time."""
    for statement in body:
        match statement:
            case ast.Import(names=names):
                yield from (ast.Import(names=[each]) for each in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from (ast.ImportFrom(module, [each], level) for each in names)
            case _:
                yield statement


def _order(statement: ast.stmt) -> tuple[int, str]:
    """Imports and definitions may stand in any order, other statements may not."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            return 0, ast.dump(statement)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return 1, name
    return 2, ""


def _is_special(qualname: str) -> bool:
    name = qualname.rpartition(".")[2]
    return name.startswith("__") and name.endswith("__")
