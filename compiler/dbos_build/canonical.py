"""The canonical form of code that a workflow's replay depends on.

In: the syntax tree of a function, class or statement list, and a `Resolver` for its global names.
Out: a `Canonical`: text that is equal for code that behaves alike, and the entities it refers to by
number, so that what they are called or where they live does not matter.
Left out: positions, comments, docstrings, annotations of parameters and locals, names of locals,
statements without effect, bodies of steps. Kept: parameter names, since inputs are stored by name.
Never: recurses; never differs between the supported versions of Python.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dbos_build.digest import without_docstring
from dbos_build.scopes import (
    Comprehension,
    Origin,
    Scope,
    comprehension_scope,
    function_scope,
    origins,
    sees_local_names,
)
from dbos_build.symbols import is_typing_only

DYNAMIC = frozenset({"eval", "exec", "globals", "vars", "__import__", "compile"})
"""Builtins through which code can reach anything, so that its module counts as a whole."""
BOUNDARIES = frozenset({"workflow", "step", "transaction"})
"""Kinds of durable functions: their bodies are not part of what calls them."""
_DROPPED = frozenset(
    {"ctx", "kind", "type_comment", "type_ignores", "annotation", "returns", "type_params"}
)

Key = tuple[str, str, str]
"""An entity: its kind, the path of its file, and its name in it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a dotted name stands for: `used` of its parts, as `text` or as one of `targets`.

    `inner` names the class, if any, in which the next part is to be looked up.
    """

    used: int
    text: str = ""
    targets: tuple[Key, ...] = ()
    inner: Key | None = None
    is_external: bool = False


class Resolver(Protocol):
    """What the encoder asks about names that the code itself does not bind."""

    def meaning(self, dotted: Sequence[str], origin: Origin | None) -> Meaning:
        """The meaning of a name global to the module, or of one that an import binds."""
        ...

    def members(self, attribute: str, receiver: Key | None) -> tuple[Key, ...]:
        """The entities an attribute may be, on an object of a class or on any object."""
        ...

    def durable_kind(self, decorator: ast.expr) -> str | None:
        """`workflow`, `step`, … for a decorator of the runtime, None for any other."""
        ...


@dataclass(frozen=True, slots=True)
class Canonical:
    """The canonical text; `@0`, `@1`, … in it stand for the entries of `references`.

    Each entry holds every entity that may be meant. `dynamic` says that the code reaches names
    that cannot be told from its text.
    """

    text: str
    references: tuple[tuple[Key, ...], ...]
    dynamic: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """What is known about the code around a piece: its class, and its first parameter's name."""

    key: Key | None = None
    receiver: str | None = None


_Item = str | tuple[ast.AST, Scope]


def encode_statements(statements: Sequence[ast.stmt], resolver: Resolver) -> Canonical:
    """Return the canonical form of statements at the top level of a module."""
    encoder = _Encoder(resolver, Owner())
    return encoder.result(encoder.block(statements, Scope(parent=None)))


def encode_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, resolver: Resolver, owner: Owner, outer: Scope
) -> Canonical:
    """Return the canonical form of a function; its own name and durable decorators do not count.

    `outer` is the scope around it: `Scope(parent=None)` for a module or class.
    """
    encoder = _Encoder(resolver, owner)
    plain = [each for each in node.decorator_list if resolver.durable_kind(each) is None]
    items: list[_Item] = [f"({type(node).__name__} decorators="]
    items += encoder.sequence(plain, outer)
    items += encoder.inside(node, outer)
    return encoder.result([*items, ")"])


def encode_class(node: ast.ClassDef, resolver: Resolver, methods: Sequence[Key]) -> Canonical:
    """Return the canonical form of a class without its methods.

    `methods` are those that Python calls by itself; they are referred to in the order given.
    """
    encoder = _Encoder(resolver, Owner())
    outer = Scope(parent=None)
    inner = function_scope(node, outer)
    plain = [each for each in node.decorator_list if resolver.durable_kind(each) is None]
    items: list[_Item] = [f"(ClassDef {node.name} "]
    heads: tuple[Sequence[ast.AST], ...] = (node.bases, node.keywords, plain)
    for head in heads:
        items += encoder.sequence(head, outer)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    items += encoder.block([each for each in node.body if not isinstance(each, functions)], inner)
    for key in methods:
        items.append(f" {key[2].rpartition('.')[2]}={encoder.reference((key,))}")
    return encoder.result([*items, ")"])


def constant(value: object) -> str:
    """Return a constant with its type, in ASCII, so that every Python writes it alike."""
    if isinstance(value, int) and value.bit_length() > 4096:
        return f"{type(value).__name__}:{value:#x}"
    return f"{type(value).__name__}:{value!a}"


def effective(statements: Sequence[ast.stmt], scope: Scope) -> list[ast.stmt]:
    """Return the statements that do something when they run."""
    kept: list[ast.stmt] = []
    pending = list(reversed(statements))
    while pending:
        statement = pending.pop()
        if isinstance(statement, ast.If) and is_typing_only(statement.test):
            pending.extend(reversed(statement.orelse))
        elif not _is_idle(statement, scope):
            kept.append(statement)
    return kept


def merged(values: Sequence[ast.expr]) -> list[ast.expr]:
    """Return the parts of an f-string with neighbouring texts joined and empty ones left out."""
    parts: list[ast.expr] = []
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            if not value.value:
                continue
            last = parts[-1] if parts else None
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                parts[-1] = ast.Constant(last.value + value.value)
                continue
        parts.append(value)
    return parts


def _is_idle(statement: ast.stmt, scope: Scope) -> bool:
    match statement:
        case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign(value=None, target=ast.Name()):
            return not scope.is_class
        case ast.Import() | ast.ImportFrom():
            binders = [(scope.find(name), name) for name, _ in origins(statement)]
            return all(binder is not None and name in binder.imported for binder, name in binders)
    return False


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class _Encoder:
    """The state of one encoding: references found so far, and whether the code is dynamic."""

    def __init__(self, resolver: Resolver, owner: Owner) -> None:
        self.resolver = resolver
        self.owner = owner
        self.references: list[tuple[Key, ...]] = []
        self.numbers: dict[tuple[Key, ...], int] = {}
        self.dynamic = False
        self.called: set[int] = set()

    def result(self, items: Sequence[_Item]) -> Canonical:
        """Expand items into the finished form."""
        return Canonical(self.run(items), tuple(self.references), self.dynamic)

    def run(self, items: Sequence[_Item]) -> str:
        """Expand items until only text is left."""
        pieces: list[str] = []
        pending = list(reversed(items))
        while pending:
            item = pending.pop()
            if isinstance(item, str):
                pieces.append(item)
                continue
            node, scope = item
            handler = _HANDLERS.get(type(node))
            expanded = handler(self, node, scope) if handler else self.generic(node, scope)
            pending.extend(reversed(expanded))
        return "".join(pieces)

    def generic(
        self, node: ast.AST, scope: Scope, *, skip: frozenset[str] = frozenset()
    ) -> list[_Item]:
        """A node without special meaning: its class and its fields."""
        items: list[_Item] = ["(" + type(node).__name__]
        for name in sorted(node._fields):
            if name in _DROPPED or name in skip:
                continue
            value = getattr(node, name, None)
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                value = effective(value, scope)
            if value is None or value == []:
                continue
            items.append(f" {name}=")
            items += self.value(value, scope)
        items.append(")")
        return items

    def value(self, value: object, scope: Scope) -> list[_Item]:
        """A field's value: a node, a list, or a constant."""
        if isinstance(value, ast.AST):
            return [(value, scope)]
        if isinstance(value, list):
            return self.sequence(value, scope)
        return [constant(value)]

    def sequence(self, values: Sequence[object], scope: Scope) -> list[_Item]:
        """A list of anything."""
        items: list[_Item] = ["["]
        for value in values:
            items += self.value(value, scope)
            items.append(",")
        return [*items, "]"]

    def block(self, statements: Sequence[ast.stmt], scope: Scope) -> list[_Item]:
        """Statements, without those that do nothing."""
        items: list[_Item] = ["["]
        for statement in effective(statements, scope):
            items += [(statement, scope), ","]
        return [*items, "]"]

    def reference(self, targets: tuple[Key, ...]) -> str:
        """The number of an entity, or of a set of candidates."""
        number = self.numbers.get(targets)
        if number is None:
            number = self.numbers[targets] = len(self.references)
            self.references.append(targets)
        return f"@{number}"

    def name(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A bare name."""
        assert isinstance(node, ast.Name)
        return self.dotted([node.id], node, scope)

    def attribute(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """An attribute: part of a dotted name, or read from some object."""
        assert isinstance(node, ast.Attribute)
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        parts.reverse()
        if isinstance(inner, ast.Name):
            return self.dotted([inner.id, *parts], node, scope)
        receiver, is_open = self.receiver(inner, scope)
        first = self.member(parts[0], receiver) if is_open else ""
        later = [self.member(part, None) if is_open else "" for part in parts[1:]]
        marks = [f".{part}{mark}" for part, mark in zip(parts, [first, *later], strict=True)]
        return [(inner, scope), "".join(marks)]

    def dotted(self, parts: list[str], node: ast.expr, scope: Scope) -> list[_Item]:
        """A dotted name: resolved as far as it goes, attributes of an object from there on."""
        binder = scope.find(parts[0])
        if binder is not None and parts[0] not in binder.imported:
            receiver, is_open = self.local_receiver(parts[0], binder)
            text = [binder.token(parts[0])]
            for position, part in enumerate(parts[1:]):
                mark = self.member(part, receiver if not position else None) if is_open else ""
                text.append(f".{part}{mark}")
            return ["".join(text)]
        origin = binder.imported[parts[0]][0] if binder is not None else None
        meaning = self.resolver.meaning(parts, origin)
        text = [self.meant(meaning, node, whole=meaning.used == len(parts))]
        for position, part in enumerate(parts[meaning.used :]):
            inner = meaning.inner if not position else None
            text.append(f".{part}{'' if meaning.is_external else self.member(part, inner)}")
        return ["".join(text)]

    def meant(self, meaning: Meaning, node: ast.expr, *, whole: bool) -> str:
        """The text of a meaning; a function that is not called also shows its name."""
        if not meaning.targets:
            return meaning.text
        number = self.reference(meaning.targets)
        is_function = meaning.targets[0][0] == "function"
        if is_function and whole and id(node) not in self.called:
            return f"{number}:{meaning.targets[0][2]}"
        return number

    def member(self, attribute: str, receiver: Key | None) -> str:
        """The mark of an attribute that entities of the project may answer to."""
        targets = self.resolver.members(attribute, receiver)
        return self.reference(targets) if targets else ""

    def receiver(self, node: ast.expr, scope: Scope) -> tuple[Key | None, bool]:
        """The class of an object, if known, and whether it may be one of the project at all."""
        if isinstance(node, _BUILTIN_VALUES):
            return None, False
        if isinstance(node, ast.Await):
            return None, True
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "super":
                return self.owner.key, True
            return self.class_of(node.func, scope), True
        return None, True

    def local_receiver(self, name: str, binder: Scope) -> tuple[Key | None, bool]:
        """The same for a local variable or parameter."""
        is_outermost = binder.parent is not None and binder.parent.parent is None
        if name == self.owner.receiver and is_outermost and not binder.stores.get(name):
            return self.owner.key, True
        values = binder.plain_values(name)
        if values and all(isinstance(value, _BUILTIN_VALUES) for value in values):
            return None, False
        if len(values) == 1 and isinstance(values[0], ast.Call):
            return self.class_of(values[0].func, binder), True
        annotation = binder.annotations.get(name)
        if annotation is not None and not values:
            plain = annotation.value if isinstance(annotation, ast.Subscript) else annotation
            if isinstance(plain, ast.Name) and plain.id in _BUILTIN_TYPES:
                if binder.find(plain.id) is None and self.is_builtin(plain.id):
                    return None, False
            return self.class_of(plain, binder), True
        return None, True

    def class_of(self, node: ast.expr, scope: Scope) -> Key | None:
        """The class of the project that an expression names, if it does."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        parts.append(node.id)
        parts.reverse()
        binder = scope.find(parts[0])
        if binder is not None and parts[0] not in binder.imported:
            return None
        origin = binder.imported[parts[0]][0] if binder is not None else None
        meaning = self.resolver.meaning(parts, origin)
        return meaning.inner if meaning.used == len(parts) else None

    def is_builtin(self, name: str) -> bool:
        """Whether a name that no scope binds is the builtin, not something of the module."""
        return self.resolver.meaning([name], None).text == f"free:{name}"

    def call(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A call; those that run a step or reach names by text are special."""
        assert isinstance(node, ast.Call)
        self.called.add(id(node.func))
        if isinstance(node.func, ast.Name) and scope.find(node.func.id) is None:
            self.note_reflection(node, node.func.id)
        wraps = isinstance(node.func, ast.Call) and self.resolver.durable_kind(node.func)
        if wraps in BOUNDARIES and len(node.args) == 1:
            return ["(Durable ", (node.func, scope), " ", self.named(node.args[0]), ")"]
        if self.resolver.durable_kind(node.func) == "run_step" and len(node.args) >= 2:
            shown = ast.Call(
                func=node.func, args=[node.args[0], *node.args[2:]], keywords=node.keywords
            )
            self.called.add(id(node.func))
            return ["(Step ", self.named(node.args[1]), *self.generic(shown, scope), ")"]
        if self.is_import_by_name(node):
            self.dynamic = True
        return self.generic(node, scope)

    def named(self, function: ast.expr) -> str:
        """A function whose body is a step's: only its name counts."""
        return constant(ast.unparse(function) if _is_dotted(function) else type(function).__name__)

    def note_reflection(self, node: ast.Call, name: str) -> None:
        """Mark code that reaches names by text; a literal `getattr` is an attribute."""
        if name in DYNAMIC and self.is_builtin(name):
            self.dynamic = True
        elif name in ("getattr", "setattr", "delattr") and self.is_builtin(name):
            if len(node.args) < 2 or not _is_text(node.args[1]):
                self.dynamic = True

    def is_import_by_name(self, node: ast.Call) -> bool:
        """Whether a call imports a module whose name is data."""
        function = node.func
        if not isinstance(function, ast.Name | ast.Attribute):
            return False
        tail = function.id if isinstance(function, ast.Name) else function.attr
        return tail == "import_module"

    def constant_node(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A literal, with its type."""
        assert isinstance(node, ast.Constant)
        return [constant(node.value)]

    def formatted(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """An f-string: neighbouring texts merged, and a plain text when nothing is filled in."""
        assert isinstance(node, ast.JoinedStr)
        parts = merged(node.values)
        if not parts:
            return [constant("")]
        if len(parts) == 1 and isinstance(parts[0], ast.Constant):
            return [(parts[0], scope)]
        return ["(JoinedStr ", *self.sequence(parts, scope), ")"]

    def replacement(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A `{…}` of an f-string; an empty format is none."""
        assert isinstance(node, ast.FormattedValue)
        items: list[_Item] = [f"(FormattedValue {node.conversion} ", (node.value, scope)]
        if isinstance(node.format_spec, ast.JoinedStr) and merged(node.format_spec.values):
            items += [" ", (node.format_spec, scope)]
        return [*items, ")"]

    def function(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A nested function; of a step or another workflow only what identifies it."""
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        kinds = [self.resolver.durable_kind(each) for each in node.decorator_list]
        items: list[_Item] = [f"({type(node).__name__} {node.name} ", "decorators="]
        items += self.sequence(node.decorator_list, scope)
        if BOUNDARIES.isdisjoint(kinds):
            items += self.inside(node, scope)
        return [*items, ")"]

    def inside(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
    ) -> list[_Item]:
        """Parameters, defaults and body of a function."""
        inner = function_scope(node, scope, keep_all=sees_local_names(node))
        items = self.signature(node.args, scope, inner)
        if isinstance(node, ast.Lambda):
            return [*items, " body=", (node.body, inner)]
        body = without_docstring(node, node.body)
        return [*items, " body=", *self.block(body, inner)]

    def signature(self, given: ast.arguments, scope: Scope, inner: Scope) -> list[_Item]:
        """The parameters; their defaults belong to the scope around the function."""
        groups = (
            ("positional", given.posonlyargs),
            ("plain", given.args),
            ("rest", [given.vararg] if given.vararg else []),
            ("named", given.kwonlyargs),
            ("others", [given.kwarg] if given.kwarg else []),
        )
        items: list[_Item] = []
        for title, group in groups:
            if group:
                items.append(f" {title}=" + ",".join(inner.token(each.arg) for each in group))
        if given.defaults:
            items += [" defaults=", *self.sequence(given.defaults, scope)]
        if any(each is not None for each in given.kw_defaults):
            items += [" named_defaults=", *self.sequence(given.kw_defaults, scope)]
        return items

    def anonymous(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A lambda."""
        assert isinstance(node, ast.Lambda)
        return ["(Lambda", *self.inside(node, scope), ")"]

    def nested_class(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A class inside a function: all of it; its annotations may be fields."""
        assert isinstance(node, ast.ClassDef)
        inner = function_scope(node, scope)
        items: list[_Item] = [f"(ClassDef {node.name} "]
        heads: tuple[Sequence[ast.AST], ...] = (node.bases, node.keywords, node.decorator_list)
        for head in heads:
            items += self.sequence(head, scope)
        return [*items, *self.block(without_docstring(node, node.body), inner), ")"]

    def comprehension(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A comprehension: its first iterable belongs to the scope around it."""
        assert isinstance(node, Comprehension)
        inner = comprehension_scope(node, scope)
        items: list[_Item] = [f"({type(node).__name__} "]
        for position, generator in enumerate(node.generators):
            items += ["async " if generator.is_async else "", (generator.target, inner), " in "]
            items += [(generator.iter, inner if position else scope), " if "]
            items += self.sequence(generator.ifs, inner)
        for field in ("key", "value", "elt"):
            part = getattr(node, field, None)
            if part is not None:
                items += [" ", (part, inner)]
        return [*items, ")"]

    def annotated(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """An annotated assignment: a plain one in a function, a field in a class."""
        assert isinstance(node, ast.AnnAssign)
        if scope.is_class:
            items: list[_Item] = ["(Field ", (node.target, scope), ": ", (node.annotation, scope)]
            return [*items, *([" = ", (node.value, scope)] if node.value else []), ")"]
        plain = ast.Assign(targets=[node.target], value=node.value or ast.Constant(None))
        return self.generic(plain, scope)

    def returned(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """`return` and `return None` are the same."""
        assert isinstance(node, ast.Return)
        if isinstance(node.value, ast.Constant) and node.value.value is None:
            return ["(Return)"]
        return self.generic(node, scope)

    def binding_name(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A node that binds a name which is text, not a Name: handlers and match patterns."""
        field = "rest" if isinstance(node, ast.MatchMapping) else "name"
        name = getattr(node, field)
        binder = scope.find(name) if name else None
        token = binder.token(name) if binder is not None else name
        items = self.generic(node, scope, skip=frozenset({field}))
        return [f"<{token}>", *items] if name else items

    def imports(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """An import statement that shares its name with other bindings, so that it stays."""
        assert isinstance(node, ast.Import | ast.ImportFrom)
        items: list[_Item] = ["(Import"]
        for name, origin in origins(node):
            binder = scope.find(name)
            token = binder.token(name) if binder is not None else f"global:{name}"
            items.append(f" {token}=")
            items.append(
                self.meant(self.resolver.meaning([name], origin), ast.Name(name), whole=True)
            )
        return [*items, ")"]


_BUILTIN_VALUES = (
    ast.Constant,
    ast.JoinedStr,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
    ast.Compare,
)
_BUILTIN_TYPES = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set", "frozenset", "complex"}
)

_Handler = Callable[[_Encoder, ast.AST, Scope], list[_Item]]
_HANDLERS: Mapping[type[ast.AST], _Handler] = {
    ast.Name: _Encoder.name,
    ast.Attribute: _Encoder.attribute,
    ast.Call: _Encoder.call,
    ast.Constant: _Encoder.constant_node,
    ast.JoinedStr: _Encoder.formatted,
    ast.FormattedValue: _Encoder.replacement,
    ast.FunctionDef: _Encoder.function,
    ast.AsyncFunctionDef: _Encoder.function,
    ast.Lambda: _Encoder.anonymous,
    ast.ClassDef: _Encoder.nested_class,
    ast.ListComp: _Encoder.comprehension,
    ast.SetComp: _Encoder.comprehension,
    ast.DictComp: _Encoder.comprehension,
    ast.GeneratorExp: _Encoder.comprehension,
    ast.AnnAssign: _Encoder.annotated,
    ast.Return: _Encoder.returned,
    ast.ExceptHandler: _Encoder.binding_name,
    ast.MatchAs: _Encoder.binding_name,
    ast.MatchStar: _Encoder.binding_name,
    ast.MatchMapping: _Encoder.binding_name,
    ast.Import: _Encoder.imports,
    ast.ImportFrom: _Encoder.imports,
}
