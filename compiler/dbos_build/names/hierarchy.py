"""The classes of a project: their members, and who inherits from whom.

In: modules, and a way to resolve the names of base classes. Out: a `Hierarchy`, which says what an
attribute may be on an object of a class, or on any object.
Never: leaves out a class it cannot place; a class with unknown bases keeps what it has.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dbos_build.names.forms import Key, dotted_parts
from dbos_build.names.scopes import stored_names
from dbos_build.reading.module import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Resolve = Callable[[Module, Sequence[str]], Key | None]


@dataclass(slots=True, eq=False)
class ClassNode:
    """One class: where it is, what it inherits from, and its members by name."""

    key: Key
    module: Module
    node: ast.ClassDef
    members: dict[str, Key] = field(default_factory=dict)
    functions: dict[str, list[FunctionNode]] = field(default_factory=dict)
    bases: list[Key] = field(default_factory=list)

    @property
    def methods(self) -> Iterator[Key]:
        """The functions of its body."""
        return (key for key in self.members.values() if key[0] == "function")


class Hierarchy:
    """All classes of a project that are defined at module level or inside such classes."""

    def __init__(self, modules: Iterable[Module], resolve: Resolve) -> None:
        self.classes: dict[Key, ClassNode] = {}
        for module in modules:
            assert module.tree is not None
            for qualname, node in _classes(module.tree.body, ""):
                key: Key = ("class", module.path, qualname)
                if key not in self.classes:
                    self.classes[key] = ClassNode(key, module, node)
                    _collect_members(self.classes[key])
        self._owners: dict[str, list[Key]] = {}
        for key, found in self.classes.items():
            for name in found.members:
                self._owners.setdefault(name, []).append(key)
        self._resolve = resolve
        self._linked = False
        self._children: dict[Key, list[Key]] = {}
        self._related: dict[Key, frozenset[Key]] = {}

    def members(self, attribute: str, receiver: Key | None) -> tuple[Key, ...]:
        """Every member called `attribute`, of classes related to `receiver` if that is known."""
        owners = self._owners.get(attribute)
        if owners is None:
            return ()
        if receiver is not None:
            related = self.related(receiver)
            owners = [key for key in owners if key in related]
        return tuple(sorted({self.classes[key].members[attribute] for key in owners}))

    def related(self, key: Key) -> frozenset[Key]:
        """A class with all it inherits from, and all that inherit from it."""
        found = self._related.get(key)
        if found is None:
            self._link()
            above = self._reach(key, lambda each: self.classes[each].bases)
            below = self._reach(key, lambda each: self._children.get(each, []))
            # A subclass may mix in members from elsewhere.
            mixed = [self._reach(each, lambda one: self.classes[one].bases) for each in below]
            found = self._related[key] = frozenset(above.union(below, *mixed))
        return found

    def _reach(self, start: Key, follow: Callable[[Key], Iterable[Key]]) -> set[Key]:
        seen = {start} & self.classes.keys()
        pending = list(seen)
        while pending:
            for key in follow(pending.pop()):
                if key in self.classes and key not in seen:
                    seen.add(key)
                    pending.append(key)
        return seen

    def _link(self) -> None:
        if self._linked:
            return
        self._linked = True
        for key, found in self.classes.items():
            # What a metaclass defines is read from the class as what it inherits is.
            for base in (*found.node.bases, *_metaclasses(found.node)):
                plain = base.value if isinstance(base, ast.Subscript) else base
                parts = dotted_parts(plain)
                target = self._resolve(found.module, parts) if parts else None
                if target is not None:
                    found.bases.append(target)
                    self._children.setdefault(target, []).append(key)


def _metaclasses(node: ast.ClassDef) -> Iterator[ast.expr]:
    return (keyword.value for keyword in node.keywords if keyword.arg == "metaclass")


def _classes(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """The classes of a body and those inside them, by qualified name."""
    pending: list[tuple[ast.stmt, str]] = [(each, prefix) for each in reversed(body)]
    while pending:
        statement, before = pending.pop()
        if isinstance(statement, ast.ClassDef):
            yield before + statement.name, statement
            inside = before + statement.name + "."
            pending.extend((each, inside) for each in reversed(statement.body))
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            pending.extend((each, before) for each in _statements_in(statement))


def _statements_in(statement: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


def _collect_members(owner: ClassNode) -> None:
    """What a class body binds: functions and classes by themselves, the rest with the class."""
    key, found = owner.key, owner.members
    pending = list(reversed(owner.node.body))
    while pending:
        statement = pending.pop()
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found[name] = ("function", key[1], f"{key[2]}.{name}")
                owner.functions.setdefault(name, []).append(statement)
            case ast.ClassDef(name=name):
                found[name] = ("class", key[1], f"{key[2]}.{name}")
            case ast.Assign(targets=targets):
                for target in targets:
                    for name in stored_names(target):
                        found.setdefault(name, key)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                found.setdefault(name, key)
            case _:
                pending.extend(_statements_in(statement))
