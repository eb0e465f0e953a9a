"""Names: what each module and class binds, and which file an import means.

In: parsed modules. Out: `Symbols`: per module its bindings (imports, functions, classes,
assignments, of every conditional arm) and the lookup from an import to a module. Never does:
evaluate an expression; that is the work of the interpreter.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dbos_build.reading.module import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the project. `bindings` are the names its body binds."""

    module: Module
    qualname: str
    node: ast.ClassDef
    parent: Function | None
    bindings: dict[str, tuple[Binding, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the class statement."""
        return self.node.name


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function, method or lambda of the project. `owner` is set for functions in a class body."""

    module: Module
    qualname: str
    node: FunctionNode
    owner: Class | None
    parent: Function | None

    @property
    def name(self) -> str:
        """The name of the def statement, `<lambda>` for a lambda."""
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name

    @property
    def is_async(self) -> bool:
        """Whether calling it gives a coroutine."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def decorators(self) -> list[ast.expr]:
        """The decorator expressions, outermost first."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """`import module`, `import a.b` (binds `a`), or `from module import attribute`."""

    module: str
    attribute: str | None
    node: ast.AST


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A def or class statement."""

    entity: Function | Class


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """An assignment, loop target, `with … as` or the like; `how` says what reaches the target.

    `how` is assign, iterate (an element of `value`), enter (what a manager gives) or opaque.
    """

    target: ast.expr
    value: ast.expr | None
    annotation: ast.expr | None
    how: str
    node: ast.AST


Binding = Imported | Defined | Assigned


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What a module binds at its top level, and the modules it star-imports."""

    module: Module
    bindings: dict[str, tuple[Binding, ...]]
    stars: tuple[str, ...]
    imports: frozenset[str]
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]


class Symbols:
    """All scopes of a project and the import lookup over them."""

    def __init__(
        self, modules: Iterable[Module], indexed: Mapping[Module, Scope] | None = None
    ) -> None:
        """Index modules; `indexed` are scopes of the same modules from an earlier analysis."""
        self.modules: tuple[Module, ...] = tuple(modules)
        known = indexed or {}
        self.scopes: dict[str, Scope] = {
            module.path: known.get(module) or index(module)
            for module in self.modules
            if module.tree is not None
        }
        self._by_name: dict[str, list[Module]] = {}
        self._by_suffix: dict[str, list[Module]] = {}
        self._namespaces: set[str] = set()
        for module in self.modules:
            self._by_name.setdefault(module.name, []).append(module)
            for dotted in (_dotted(module.path), *module.aliases):
                while "." in dotted:
                    self._by_suffix.setdefault(dotted, []).append(module)
                    dotted = dotted.partition(".")[2]
        for module in self.modules:
            for alias in module.aliases:  # A file of that name goes before a link to another one.
                self._by_name.setdefault(alias, [module])
        # A folder somewhere in the tree that shares a library's name is not that library.
        for name in (*self._by_name, *(_dotted(module.path) for module in self.modules)):
            while "." in name:
                name = name.rpartition(".")[0]
                self._namespaces.add(name)

    def find(self, name: str, importer: Module) -> Module | None:
        """The project's module that `import name` in `importer` means, or None when it is foreign.

        The standard library and `dbos` are never shadowed by a file that only happens to share
        their name.
        """
        top = name.partition(".")[0]
        if top == "dbos":
            return None
        if "." not in name and name in sys.stdlib_module_names:
            return None
        candidates = self._by_name.get(name) or self._by_suffix.get(name)
        if not candidates:
            return None
        if len(candidates) == 1:
            return candidates[0]
        return max(
            candidates, key=lambda module: (_shared(module.path, importer.path), module.path)
        )

    def is_namespace(self, name: str) -> bool:
        """Whether some module of the project lies below this dotted name."""
        return name in self._namespaces and name.partition(".")[0] not in sys.stdlib_module_names


def index(module: Module, before: Scope | None = None) -> Scope:
    """The bindings of a module's top level; one pass over its statements.

    With `before`, functions and classes whose nodes are still there are those of that scope.
    """
    assert module.tree is not None
    collector = _Collector(module, "", None, None)
    if before is not None:
        collector.known = {
            **{each.node: each for each in before.functions},
            **{each.node: each for each in before.classes},
        }
    collector.run(module.tree.body)
    imports = frozenset(
        name
        for bound in collector.bindings.values()
        for binding in bound
        if isinstance(binding, Imported)
        for name in _import_names(binding)
    )
    return Scope(
        module=module,
        bindings={name: tuple(found) for name, found in collector.bindings.items()},
        stars=tuple(collector.stars),
        imports=imports | frozenset(collector.stars),
        functions=tuple(collector.functions),
        classes=tuple(collector.classes),
    )


def index_class(node: ast.ClassDef, module: Module, prefix: str, parent: Function | None) -> Class:
    """A class and the bindings of its body."""
    qualname = prefix + node.name
    owner = Class(module, qualname, node, parent)
    collector = _Collector(module, qualname + ".", owner, parent)
    collector.run(node.body)
    owner.bindings.update({name: tuple(found) for name, found in collector.bindings.items()})
    return owner


def class_members(owner: Class) -> Iterator[Function | Class]:
    """The functions and classes a class body defines, in order of their names' first binding."""
    for bound in owner.bindings.values():
        for binding in bound:
            if isinstance(binding, Defined):
                yield binding.entity


def all_classes(classes: Iterable[Class]) -> Iterator[Class]:
    """Classes and the classes nested in them."""
    for owner in classes:
        yield owner
        yield from all_classes(m for m in class_members(owner) if isinstance(m, Class))


def all_functions(scope: Scope) -> Iterator[Function]:
    """The functions of a module and the methods of its classes."""
    yield from scope.functions
    for owner in all_classes(scope.classes):
        yield from (member for member in class_members(owner) if isinstance(member, Function))


class _Collector:
    """Collects the bindings of one body, descending into conditional blocks only."""

    def __init__(
        self, module: Module, prefix: str, owner: Class | None, parent: Function | None
    ) -> None:
        self.module, self.prefix, self.owner, self.parent = module, prefix, owner, parent
        self.known: dict[ast.AST, Function | Class] = {}
        self.bindings: dict[str, list[Binding]] = {}
        self.stars: list[str] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []

    def run(self, body: list[ast.stmt]) -> None:
        """Collect from statements, in source order; nested blocks count as conditional."""
        stack: list[tuple[Iterator[ast.stmt], bool]] = [(iter(body), False)]
        while stack:
            statements, conditional = stack[-1]
            statement = next(statements, None)
            if statement is None:
                stack.pop()
                continue
            handler = _HANDLERS.get(type(statement))
            if handler is not None:
                handler(self, statement, conditional)
            blocks = _BLOCKS.get(type(statement))
            if blocks is not None:
                stack.extend((iter(block), True) for block in reversed(blocks(statement)))

    def bind(self, name: str, binding: Binding, conditional: bool) -> None:
        """Add a binding; an unconditional one replaces what came before."""
        known = self.bindings.get(name)
        if known is None or (not conditional and not _extends(known[-1], binding, name)):
            self.bindings[name] = [binding]
        else:
            known.append(binding)

    def define(self, node: ast.stmt, conditional: bool) -> None:
        """A def statement."""
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        known = self.known.get(node)
        function = known if isinstance(known, Function) else self._function(node)
        self.functions.append(function)
        self.bind(node.name, Defined(function), conditional)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
        return Function(self.module, self.prefix + node.name, node, self.owner, self.parent)

    def classify(self, node: ast.stmt, conditional: bool) -> None:
        """A class statement."""
        assert isinstance(node, ast.ClassDef)
        known = self.known.get(node)
        owner = known if isinstance(known, Class) else self._class(node)
        self.classes.append(owner)
        self.bind(node.name, Defined(owner), conditional)

    def _class(self, node: ast.ClassDef) -> Class:
        return index_class(node, self.module, self.prefix, self.parent)

    def import_modules(self, node: ast.stmt, conditional: bool) -> None:
        """`import a.b as c`."""
        assert isinstance(node, ast.Import)
        for alias in node.names:
            if alias.asname is not None:
                self.bind(alias.asname, Imported(alias.name, None, node), conditional)
            else:
                top = alias.name.partition(".")[0]
                # `import a.b` and `import a.c` both bind `a`, and both load their submodule.
                self.bind(top, Imported(top, None, node), conditional)

    def import_names(self, node: ast.stmt, conditional: bool) -> None:
        """`from a import b as c`."""
        assert isinstance(node, ast.ImportFrom)
        base = absolute(node, self.module)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(base)
            else:
                self.bind(alias.asname or alias.name, Imported(base, alias.name, node), conditional)

    def assign(self, node: ast.stmt, conditional: bool) -> None:
        """Assignments of every form."""
        for target, value, annotation, how in assignments(node):
            for name in target_names(target):
                self.bind(name, Assigned(target, value, annotation, how, node), conditional)


def assignments(
    node: ast.AST,
) -> Iterator[tuple[ast.expr, ast.expr | None, ast.expr | None, str]]:
    """(target, value, annotation, how) for every target a statement binds."""
    match node:
        case ast.Assign():
            for target in node.targets:
                yield target, node.value, None, "assign"
        case ast.AnnAssign():
            yield node.target, node.value, node.annotation, "assign"
        case ast.AugAssign():
            yield node.target, node.value, None, "opaque"
        case ast.For() | ast.AsyncFor():
            yield node.target, node.iter, None, "iterate"
        case ast.With() | ast.AsyncWith():
            for item in node.items:
                if item.optional_vars is not None:
                    yield item.optional_vars, item.context_expr, None, "enter"
        case _:
            return


def target_names(target: ast.expr) -> Iterator[str]:
    """The plain names a target binds, through tuples, lists and stars."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from target_names(element)
    elif isinstance(target, ast.Starred):
        yield from target_names(target.value)


def absolute(node: ast.ImportFrom, module: Module) -> str:
    """The absolute name of the module that a from-import reads."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    if not module.is_package:
        parts.pop()
    if node.level > 1:
        parts = parts[: len(parts) - (node.level - 1)]
    if node.module:
        parts.append(node.module)
    return ".".join(parts)


def is_typing_only(test: ast.expr) -> bool:
    """Whether an if test is `TYPE_CHECKING` in one of its spellings."""
    name = test.id if isinstance(test, ast.Name) else getattr(test, "attr", "")
    return name == "TYPE_CHECKING"


def _extends(known: Binding, binding: Binding, name: str) -> bool:
    """Whether a later binding builds on an earlier one: a setter, `x += …`, `x = f(x)`."""
    if isinstance(binding, Assigned):
        value = binding.value
        return binding.how == "opaque" or (
            isinstance(value, ast.Call)
            and any(isinstance(part, ast.Name) and part.id == name for part in value.args)
        )
    if isinstance(binding, Defined) and isinstance(known, Defined):
        node = binding.entity.node
        return any(
            isinstance(named, ast.Attribute) and named.attr in _ACCESSORS
            for decorator in getattr(node, "decorator_list", ())
            for named in (decorator.func if isinstance(decorator, ast.Call) else decorator,)
        )
    return False


_ACCESSORS = frozenset({"setter", "deleter", "register", "getter"})


def _import_names(binding: Imported) -> Iterator[str]:
    """The module names an import may load."""
    if isinstance(binding.node, ast.Import):
        for alias in binding.node.names:
            yield alias.name
    else:
        yield binding.module
        if binding.attribute is not None:
            yield f"{binding.module}.{binding.attribute}" if binding.module else binding.attribute


def _dotted(path: str) -> str:
    """`a/b/c.py` as `a.b.c`, `a/b/__init__.py` as `a.b`."""
    stem = path[:-3] if path.endswith(".py") else path
    return stem.removesuffix("/__init__").replace("/", ".")


def _shared(one: str, other: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count


def _if_blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    assert isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While)
    return [node.body, node.orelse]


def _try_blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    assert isinstance(node, ast.Try | ast.TryStar)
    handlers = [handler.body for handler in node.handlers]
    return [node.body, *handlers, node.orelse, node.finalbody]


def _with_blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    assert isinstance(node, ast.With | ast.AsyncWith)
    return [node.body]


def _match_blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    assert isinstance(node, ast.Match)
    return [case.body for case in node.cases]


_BLOCKS = {
    ast.If: _if_blocks,
    ast.For: _if_blocks,
    ast.AsyncFor: _if_blocks,
    ast.While: _if_blocks,
    ast.Try: _try_blocks,
    ast.TryStar: _try_blocks,
    ast.With: _with_blocks,
    ast.AsyncWith: _with_blocks,
    ast.Match: _match_blocks,
}
_HANDLERS = {
    ast.FunctionDef: _Collector.define,
    ast.AsyncFunctionDef: _Collector.define,
    ast.ClassDef: _Collector.classify,
    ast.Import: _Collector.import_modules,
    ast.ImportFrom: _Collector.import_names,
    ast.Assign: _Collector.assign,
    ast.AnnAssign: _Collector.assign,
    ast.AugAssign: _Collector.assign,
    ast.For: _Collector.assign,
    ast.AsyncFor: _Collector.assign,
    ast.With: _Collector.assign,
    ast.AsyncWith: _Collector.assign,
}


def blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The statement lists a compound statement holds (not those of a def or a class)."""
    found = _BLOCKS.get(type(statement))
    return found(statement) if found is not None else []


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement of a body, nested blocks included, defs and classes not entered."""
    stack = [iter(body)]
    while stack:
        statement = next(stack[-1], None)
        if statement is None:
            stack.pop()
            continue
        yield statement
        stack.extend(iter(block) for block in reversed(blocks(statement)))


EMPTY: Mapping[str, tuple[Binding, ...]] = {}
