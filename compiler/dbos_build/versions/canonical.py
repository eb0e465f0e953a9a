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

from dbos_build.names.forms import (
    Canonical,
    Key,
    Meaning,
    Owner,
    Resolver,
    constant,
    dotted_parts,
    effective,
    is_builtin,
    merged,
)
from dbos_build.names.scopes import (
    Comprehension,
    Scope,
    comprehension_scope,
    function_scope,
    origins,
    sees_local_names,
)
from dbos_build.reading.digest import without_docstring
from dbos_build.versions.operators import ANYTHING, implicit
from dbos_build.versions.receivers import Receivers

DYNAMIC = frozenset({"eval", "exec", "globals", "vars", "__import__", "compile"})
"""Builtins through which code can reach anything, so that its module counts as a whole."""
_BY_NAME = frozenset({"getattr", "setattr", "delattr", "hasattr"})
BOUNDARIES = frozenset({"workflow", "step", "transaction"})
_TRUSTED = ("dbos.", "logging.", "builtins.")
"""Libraries whose calls are in a table, are recorded, or decide nothing."""
"""Kinds of durable functions: their bodies are not part of what calls them."""
_DROPPED = frozenset(
    {"ctx", "kind", "type_comment", "type_ignores", "annotation", "returns", "type_params"}
)

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


class _Encoder:
    """The state of one encoding: references found so far, and whether the code is dynamic."""

    def __init__(self, resolver: Resolver, owner: Owner) -> None:
        self.resolver = resolver
        self.receivers = Receivers(resolver, owner)
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
            pieces.append(self.implied(node, scope))
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
        receiver, is_open = self.receivers.of(inner, scope)
        first = self.member(parts[0], receiver) if is_open else ""
        later = [self.member(part, None) if is_open else "" for part in parts[1:]]
        marks = [f".{part}{mark}" for part, mark in zip(parts, [first, *later], strict=True)]
        return [(inner, scope), "".join(marks)]

    def dotted(self, parts: list[str], node: ast.expr, scope: Scope) -> list[_Item]:
        """A dotted name: resolved as far as it goes, attributes of an object from there on."""
        binder = scope.find(parts[0])
        if binder is not None and parts[0] not in binder.imported:
            receiver, is_open = self.receivers.of_local(parts[0], binder)
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
        if not targets:  # Nothing has it by name: whoever makes up attributes may answer.
            targets = self.resolver.members("__getattr__", receiver)
        return self.reference(targets) if targets else ""

    def implied(self, node: ast.AST, scope: Scope) -> str:
        """The marks of special methods that an operator calls on an object of unknown class."""
        names, operands = implicit(node)
        if isinstance(node, ast.Call) and self.is_outside(node.func, scope):
            names, operands = ANYTHING, [*node.args, *(each.value for each in node.keywords)]
        found = [name for name in names if self.resolver.members(name, None)]
        if found and any(self.receivers.may_be_ours(each, scope) for each in operands):
            return "".join(self.member(name, None) for name in found)
        return ""

    def is_outside(self, callee: ast.expr, scope: Scope) -> bool:
        """Whether a call runs code of a library, which may do anything with what it is given."""
        parts = dotted_parts(callee)
        binder = None if parts is None else scope.find(parts[0])
        if parts is None or (binder is not None and parts[0] not in binder.imported):
            return False
        origin = binder.imported[parts[0]][0] if binder is not None else None
        meaning = self.resolver.meaning(parts, origin)
        text = meaning.text.removeprefix("external:")
        return meaning.is_external and text != meaning.text and not text.startswith(_TRUSTED)

    def call(self, node: ast.AST, scope: Scope) -> list[_Item]:
        """A call; those that run a step or reach names by text are special."""
        assert isinstance(node, ast.Call)
        self.called.add(id(node.func))
        mark = ""
        if isinstance(node.func, ast.Name) and scope.find(node.func.id) is None:
            mark = self.reflection(node, node.func.id)
        wraps = isinstance(node.func, ast.Call) and self.resolver.durable_kind(node.func)
        if wraps in BOUNDARIES and len(node.args) == 1:
            return ["(Durable ", (node.func, scope), " ", self.named(node.args[0], scope), ")"]
        if self.resolver.durable_kind(node.func) == "run_step" and len(node.args) >= 2:
            shown = ast.Call(
                func=node.func, args=[node.args[0], *node.args[2:]], keywords=node.keywords
            )
            return ["(Step ", self.named(node.args[1], scope), *self.generic(shown, scope), ")"]
        if self.is_import_by_name(node):
            self.dynamic = True
        return [mark, *self.generic(node, scope)]

    def named(self, function: ast.expr, scope: Scope) -> str:
        """A function whose body is a step's: only its name counts."""
        parts = dotted_parts(function)
        if parts is None:
            return constant(type(function).__name__)
        binder = scope.find(parts[0])
        if binder is not None and parts[0] not in binder.imported:
            return ".".join([binder.token(parts[0]), *parts[1:]])
        origin = binder.imported[parts[0]][0] if binder is not None else None
        meaning = self.resolver.meaning(parts, origin)
        shown = [meaning.targets[0][2]] if meaning.targets else [meaning.text]
        return ".".join([*shown, *parts[meaning.used :]])

    def reflection(self, node: ast.Call, name: str) -> str:
        """Note code that reaches names by text; a literal `getattr` is an attribute."""
        if name in DYNAMIC and is_builtin(self.resolver, name):
            self.dynamic = True
        elif name in _BY_NAME and is_builtin(self.resolver, name):
            given = node.args[1] if len(node.args) > 1 else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                return self.member(given.value, None)
            self.dynamic = True
        return ""

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
            if node.value is not None:
                items += [" = ", (node.value, scope)]
            return [*items, ")"]
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
