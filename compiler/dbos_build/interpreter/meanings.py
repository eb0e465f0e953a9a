"""What mypy knows, as values of the interpreter.

In: a `Resolved` table, the project's symbols and the knowledge table. Out: a better value for an
expression of which the interpreter could not tell what it is. Never: overrules what the
interpreter did find out; types only fill gaps, so `--types` adds findings and takes none away.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    ClassRef,
    Constant,
    External,
    ExternalInstance,
    InstanceRef,
    Mapping,
    Sequence,
    Unknown,
    Value,
    join_all,
    of,
    unknown,
)
from dbos_build.names.symbols import Class, Defined, Symbols, class_members
from dbos_build.types.resolved import Described, Description, Resolved

_KINDS = {
    "builtins.list": "list",
    "builtins.set": "set",
    "builtins.frozenset": "frozenset",
    "collections.deque": "list",
    "typing.Sequence": "list",
    "typing.MutableSequence": "list",
    "typing.Collection": "list",
    "typing.AbstractSet": "set",
    "typing.MutableSet": "set",
    "typing.Iterable": "iterator",
    "typing.Iterator": "iterator",
    "typing.Generator": "iterator",
    "typing.AsyncIterable": "iterator",
    "typing.AsyncIterator": "iterator",
    "typing.AsyncGenerator": "iterator",
    "typing.KeysView": "iterator",
    "typing.ValuesView": "iterator",
    # What `with` gives is what the interpreter takes out of a generator that is entered.
    "contextlib._GeneratorContextManager": "iterator",
    "contextlib._AsyncGeneratorContextManager": "iterator",
    "contextlib.AbstractContextManager": "iterator",
    "contextlib.AbstractAsyncContextManager": "iterator",
    "typing.ContextManager": "iterator",
    "typing.AsyncContextManager": "iterator",
}
_MAPPINGS = frozenset(
    {
        "builtins.dict",
        "typing.Mapping",
        "typing.MutableMapping",
        "collections.OrderedDict",
        "collections.defaultdict",
    }
)
# A coroutine is, to the interpreter, what awaiting it gives.
_AWAITED = {"typing.Coroutine": -1, "typing.Awaitable": 0, "types.CoroutineType": -1}
# Unknown on purpose: that a name is computed is itself worth a finding, whatever its type.
_COMPUTED = ("computed", "builtins.globals", "builtins.locals", "builtins.vars")
_SILENT = frozenset({"builtins.object", "builtins.function"})


class Meanings:
    """The interpreter's view of a `Resolved` table."""

    def __init__(self, resolved: Resolved, root: str, symbols: Symbols, knowledge: Knowledge):
        self._resolved = resolved
        self._root = root.rstrip("/") + "/"
        self._symbols = symbols
        self._knowledge = knowledge
        self._classes: dict[str, dict[str, Class]] = {}
        self._told: dict[ast.expr, Value] = {}
        self._names: dict[Described, str] = {}
        self._guesses: dict[External, bool] = {}
        listed = (*knowledge.exact, *knowledge.below)
        self._listed = {name.rpartition(".")[0] for name in listed} | set(knowledge.exact)

    def refine(self, value: Value, path: str, node: ast.expr) -> Value:
        """The value with what it leaves open filled in from types, where they tell."""
        weak = frozenset(atom for atom in value.atoms if self._is_weak(atom))
        if value.atoms and not weak:
            return value
        told = self._told.get(node)
        if told is None:
            described = self._resolved.at(path, node)
            told = self._told[node] = join_all(self._value(each, path) for each in described)
        if not told.atoms or told.is_unknown:
            return value
        if not all(self._is_told_better(atom, told) for atom in weak):
            return value
        kept = (atom for atom in value.atoms if atom not in weak)
        return Value(ordered((*kept, *told.atoms)), value.taints)

    def _is_weak(self, atom: Atom) -> bool:
        """Whether the interpreter is at a loss, or only guesses from a package as a whole."""
        match atom:
            case Unknown():
                return not any(word in atom.reason for word in _COMPUTED)
            case External():
                guess = self._guesses.get(atom)
                if guess is None:
                    guess = self._guesses[atom] = self._is_guessed(atom)
                return guess
            case ExternalInstance():
                return not self._is_listed(atom.type) and not atom.type.startswith("dbos.")
            case Sequence():
                return atom.element.is_unknown
            case Mapping():
                return not atom.items and atom.rest.is_unknown
        return False

    def _is_guessed(self, atom: External) -> bool:
        """Whether nothing is listed under a name, or only that its package is harmless."""
        if atom.name.startswith("dbos."):  # The interpreter knows our own interface itself.
            return False
        entry = self._knowledge.find(atom.name)
        if entry is None:
            return True
        above = entry.name.removesuffix(".*")
        is_package = above != entry.name and not above.rpartition(".")[2][:1].isupper()
        return is_package and atom.bound and not entry.effects

    def _is_told_better(self, atom: Atom, told: Value) -> bool:
        """Whether what types tell says more than a weak atom."""
        match atom:
            case External() if self._knowledge.find(atom.name) is not None:
                return all(self._is_in_table(each) for each in told.atoms)
            case Sequence() | Mapping():
                return all(isinstance(each, type(atom)) for each in told.atoms)
        return True

    def _is_in_table(self, atom: Atom) -> bool:
        """Whether an atom is the project's own, or of a class or name in the table."""
        if isinstance(atom, External):
            return not self._is_guessed(atom)
        return not isinstance(atom, ExternalInstance) or self._is_listed(atom.type)

    def _is_listed(self, name: str) -> bool:
        return name in self._listed or self._knowledge.find(name) is not None

    def _value(self, described: Description, path: str) -> Value:
        """One description as a value; NOTHING when it says nothing."""
        match described:
            case ["instance", str(name), list(arguments)]:
                return self._instance(name, arguments, path)
            case ["tuple", list(items)]:
                values = [self._value_or_unknown(item, path) for item in items]
                return of(Sequence("tuple", tuple(values), join_all(values)))
            case ["union", list(items)]:
                return join_all(self._value(item, path) for item in items if item)
            case ["none"]:
                return of(Constant(None, "NoneType"))
            case ["class", str(name)]:
                return self._class_object(name, path)
            case ["member", str(name), str(attribute)]:
                owner = self._resolved.described(path, name)
                if owner is None or _is_private(name) or self._own_class(owner) is not None:
                    return NOTHING
                return of(External(self._public(f"{self._name(owner)}.{attribute}"), bound=True))
        return NOTHING

    def _value_or_unknown(self, described: object, path: str) -> Value:
        found = self._value(described, path) if isinstance(described, list) else NOTHING
        return found if found.atoms else unknown("element of unknown type")

    def _instance(self, name: str, arguments: list[object], path: str) -> Value:
        """An object of a class: the project's, a container, or a foreign one."""
        if name in _SILENT:
            return NOTHING
        first = arguments[0] if arguments else None
        if name in _KINDS:
            return of(Sequence(_KINDS[name], None, self._value_or_unknown(first, path)))
        if name == "builtins.tuple":
            return of(Sequence("tuple", None, self._value_or_unknown(first, path)))
        if name in _MAPPINGS:
            last = arguments[1] if len(arguments) > 1 else None
            return of(Mapping((), self._value_or_unknown(last, path)))
        if name in _AWAITED:
            inner = arguments[_AWAITED[name]] if arguments else None
            return self._value(inner, path) if isinstance(inner, list) else NOTHING
        owner = self._resolved.described(path, name)
        if owner is None or name.startswith(("typing.", "types.")) or _is_private(name):
            return NOTHING
        own = self._own_class(owner)
        if own is not None:
            return of(InstanceRef(own))
        return of(ExternalInstance(self._public(self._name(owner))))

    def _class_object(self, name: str, path: str) -> Value:
        """A class itself."""
        owner = self._resolved.described(path, name)
        if owner is None or name in _SILENT:
            return NOTHING
        own = self._own_class(owner)
        return of(ClassRef(own)) if own is not None else of(External(self._name(owner)))

    def _public(self, name: str) -> str:
        return self._knowledge.canonical(name)

    def _name(self, owner: Described) -> str:
        """The name by which the table knows a foreign class, else the shortest it has."""
        known = self._names.get(owner)
        if known is None:
            names = [self._knowledge.canonical(name) for name in owner.names] or [""]
            names.sort(key=lambda name: (name.count("."), name))
            exact = (name for name in names if name in self._listed)
            below = (name for name in names if self._is_listed(name))
            known = self._names[owner] = next(exact, None) or next(below, names[0])
        return known

    def _own_class(self, owner: Described) -> Class | None:
        """The project's class that a description means, if it is one."""
        if not owner.path.startswith(self._root):
            return None
        path = owner.path[len(self._root) :]
        known = self._classes.get(path)
        if known is None:
            known = self._classes[path] = dict(self._classes_in(path))
        return known.get(owner.qualname)

    def _classes_in(self, path: str) -> Iterator[tuple[str, Class]]:
        """The classes a module defines outside of functions, by qualified name."""
        scope = self._symbols.scopes.get(path)
        waiting: list[object] = []
        for bound in scope.bindings.values() if scope is not None else ():
            waiting += [binding.entity for binding in bound if isinstance(binding, Defined)]
        while waiting:
            entity = waiting.pop()
            if isinstance(entity, Class):
                yield entity.qualname, entity
                waiting += class_members(entity)


def _is_private(name: str) -> bool:
    """Whether a class is one that the standard library does not mean to show."""
    top, tail = name.partition(".")[0], name.rpartition(".")[2]
    return tail.startswith("_") and top in sys.stdlib_module_names
