"""The public standard library, as the stubs that come with mypy tell it.

In: a Python version. Out: every public name of the standard library on Linux (functions, classes,
methods with those inherited, properties, constants), each with the name it is defined under.
Never imports what it describes, so one interpreter can enumerate the library of another.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Version = tuple[int, int]
SUPPORTED: tuple[Version, ...] = ((3, 11), (3, 12), (3, 13))
PLATFORM = "linux"
CALLABLE = frozenset({"function", "class", "method"})
# Where the hierarchy of classes stops: what every object has is decided once, under `builtins`.
_ROOTS = frozenset({"builtins.object", "typing.Generic", "typing.Protocol"})


@dataclass(frozen=True, slots=True)
class Member:
    """One public name.

    `definition` is the name of the same thing where it is written: `concurrent.futures.Executor`
    is defined as `concurrent.futures._base.Executor`, `pathlib.Path.joinpath` as
    `pathlib.PurePath.joinpath`. `kind` is function, class, method, property or attribute.
    """

    name: str
    kind: str
    definition: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that stands for another: of a module (`attribute` empty) or of one of its names."""

    module: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A name bound in a stub: by `def`, `class` or assignment."""

    module: str
    qualname: str
    node: ast.stmt

    @property
    def name(self) -> str:
        """The name under which the stub defines it."""
        return f"{self.module}.{self.qualname}"


Binding = Alias | Definition


@dataclass(frozen=True, slots=True)
class Stub:
    """One stub file: what its names are bound to, which are public, and what `*` imports."""

    module: str
    tree: ast.Module
    bindings: dict[str, Binding]
    public: frozenset[str]
    starred: frozenset[str]


class Stubs:
    """The stubs of one Python version, read when asked for."""

    def __init__(self, version: Version) -> None:
        """Nothing is read before the first question."""
        self.version = version
        self.root = stub_folder()
        self._stubs: dict[str, Stub | None] = {}

    def modules(self) -> list[str]:
        """The public modules of this version, sorted."""
        lifetimes = _lifetimes(self.root / "VERSIONS")
        found = []
        for path in self.root.rglob("*.pyi"):
            parts = path.relative_to(self.root).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            private = any(part.startswith("_") and part != "__future__" for part in parts)
            if not private and self._exists(".".join(parts), lifetimes):
                found.append(".".join(parts))
        return sorted(found)

    def stub(self, module: str) -> Stub | None:
        """The stub of a module, or None when there is none."""
        if module not in self._stubs:
            self._stubs[module] = None
            path = self._path(module)
            if path is not None:
                self._stubs[module] = self._read(module, path)
        return self._stubs[module]

    def resolve(self, module: str, name: str) -> Definition | Alias | None:
        """What a name of a module finally stands for: a definition, or an alias to a module."""
        seen = set()
        while (module, name) not in seen:
            seen.add((module, name))
            stub = self.stub(module)
            binding = stub.bindings.get(name) if stub else None
            if binding is None and self._path(f"{module}.{name}"):
                return Alias(f"{module}.{name}")
            if binding is None:
                return self.resolve("builtins", name) if module != "builtins" else None
            if isinstance(binding, Definition):
                return self._method_behind(binding) or binding
            if not binding.attribute:
                return binding
            module, name = binding.module, binding.attribute
        return None

    def _method_behind(self, definition: Definition) -> Definition | None:
        """For `choice = _inst.choice` with `_inst: Random`: the method of the class."""
        node = definition.node
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Attribute):
            return None
        owner = self.resolve(definition.module, ast.unparse(node.value.value))
        if not isinstance(owner, Definition) or not isinstance(owner.node, ast.AnnAssign):
            return None
        holder = self.resolve(owner.module, ast.unparse(owner.node.annotation))
        for ancestor in self.ancestry(holder) if isinstance(holder, Definition) else []:
            assert isinstance(ancestor.node, ast.ClassDef)
            for member in self.statements(ancestor.node.body):
                if node.value.attr in _defined_names(member):
                    qualname = f"{ancestor.qualname}.{node.value.attr}"
                    return Definition(ancestor.module, qualname, member)
        return None

    def ancestry(self, definition: Definition) -> list[Definition]:
        """A class and its bases, nearest first, without the roots that every class has."""
        if not isinstance(definition.node, ast.ClassDef):
            return []
        found = [definition]
        for base in definition.node.bases:
            expression = base.value if isinstance(base, ast.Subscript) else base
            head, _, rest = ast.unparse(expression).partition(".")
            target = self.resolve(definition.module, head)
            if rest and isinstance(target, Alias):
                target = self.resolve(target.module, rest)
            if isinstance(target, Definition) and target.name not in _ROOTS:
                found += [each for each in self.ancestry(target) if each not in found]
        return found

    def statements(self, body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
        """Statements that count for this version and platform, conditions resolved."""
        for node in body:
            if isinstance(node, ast.If):
                verdict = self._holds(node.test)
                if verdict is not False:
                    yield from self.statements(node.body)
                if verdict is not True:
                    yield from self.statements(node.orelse)
            elif isinstance(node, ast.Try):
                yield from self.statements(node.body)
            else:
                yield node

    def _exists(self, module: str, lifetimes: dict[str, tuple[Version, Version]]) -> bool:
        name = module
        while name:
            if name in lifetimes:
                first, last = lifetimes[name]
                if not first <= self.version <= last:
                    return False
            name = name.rpartition(".")[0]
        return True

    def _path(self, module: str) -> Path | None:
        base = self.root.joinpath(*module.split("."))
        for path in (base / "__init__.pyi", base.with_name(base.name + ".pyi")):
            if path.is_file():
                return path
        return None

    def _read(self, module: str, path: Path) -> Stub:
        bindings: dict[str, Binding] = {}
        exported: list[str] | None = None
        public: set[str] = set()
        tree = _parse(path)
        for node in self.statements(tree.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                public |= self._bind_import(bindings, module, path, node)
            elif names := _listed_exports(node):
                exported = [*(exported or []), *names]
            for name in _defined_names(node):
                same = _assigned_name(node)
                bindings[name] = Alias(module, same) if same else Definition(module, name, node)
                if not name.startswith("_"):
                    public.add(name)
        starred = frozenset(public if exported is None else exported)
        return Stub(module, tree, bindings, starred | public, starred)

    def _bind_import(
        self,
        bindings: dict[str, Binding],
        module: str,
        path: Path,
        node: ast.Import | ast.ImportFrom,
    ) -> set[str]:
        """Bind what an import binds; the names that it re-exports."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                bindings[alias.asname or top] = Alias(alias.name if alias.asname else top)
            return set()
        source = _absolute(module, path, node)
        shared: set[str] = set()
        for alias in node.names:
            if alias.name == "*":
                stub = self.stub(source)
                names = stub.starred if stub else frozenset[str]()
                bindings.update({name: Alias(source, name) for name in names})
                shared |= names
            else:
                bindings[alias.asname or alias.name] = Alias(source, alias.name)
                if alias.asname == alias.name:
                    shared.add(alias.name)
        return shared

    def _holds(self, test: ast.expr) -> bool | None:
        """The verdict on a condition of a stub, None when it is about something else."""
        if isinstance(test, ast.BoolOp):
            verdicts = [self._holds(value) for value in test.values]
            decisive = isinstance(test.op, ast.Or)
            if decisive in verdicts:
                return decisive
            return None if None in verdicts else not decisive
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            verdict = self._holds(test.operand)
            return None if verdict is None else not verdict
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            subject = ast.unparse(test.left)
            value = ast.literal_eval(test.comparators[0])
            if subject == "sys.version_info":
                return _compare(self.version, tuple(value[:2]), test.ops[0])
            if subject == "sys.platform":
                return _compare(PLATFORM, value, test.ops[0])
        return None


def stub_folder() -> Path:
    """The folder of the standard library's stubs inside mypy."""
    specification = importlib.util.find_spec("mypy")
    assert specification is not None, "mypy is missing"
    assert specification.origin is not None, "mypy has no files"
    return Path(specification.origin).parent / "typeshed" / "stdlib"


@cache
def standard_library(version: Version) -> dict[str, Member]:
    """Every public name of the standard library of one Python version, by qualified name."""
    stubs = Stubs(version)
    found: dict[str, Member] = {}
    for module in stubs.modules():
        stub = stubs.stub(module)
        for name in sorted(stub.public) if stub else ():
            if name.startswith("_"):
                continue
            target = stubs.resolve(module, name)
            if isinstance(target, Definition):
                for member in _members(stubs, f"{module}.{name}", target):
                    found.setdefault(member.name, member)
    return found


def exceptions(version: Version) -> set[str]:
    """The qualified names of all public exception classes."""
    stubs = Stubs(version)
    names = set()
    for module in stubs.modules():
        stub = stubs.stub(module)
        for name in stub.public if stub else ():
            target = stubs.resolve(module, name)
            if isinstance(target, Definition):
                lineage = {each.name for each in stubs.ancestry(target)}
                if "builtins.BaseException" in lineage:
                    names.add(f"{module}.{name}")
    return names


def _members(stubs: Stubs, name: str, target: Definition) -> Iterator[Member]:
    """The name itself and, for a class, its public methods, properties and attributes."""
    yield Member(name, _kind(target.node, inside_class=False), target.name)
    for owner in stubs.ancestry(target):
        assert isinstance(owner.node, ast.ClassDef)
        for node in stubs.statements(owner.node.body):
            for attribute in _defined_names(node):
                if not attribute.startswith("_"):
                    kind = _kind(node, inside_class=True)
                    yield Member(f"{name}.{attribute}", kind, f"{owner.name}.{attribute}")


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _kind(node: ast.stmt, *, inside_class: bool) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        markers = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
        if markers & {"property", "cached_property", "setter", "getter", "deleter"}:
            return "property"
        return "method" if inside_class else "function"
    if isinstance(node, ast.AnnAssign) and "Callable[" in ast.unparse(node.annotation):
        return "method" if inside_class else "function"
    return "attribute"


def _defined_names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _assigned_name(node: ast.stmt) -> str | None:
    """The name on the right of `name = other`, None for anything else."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        return node.value.id
    return None


def _listed_exports(node: ast.stmt) -> list[str]:
    """The names that an assignment to `__all__`, or an addition to it, lists."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AugAssign):
        targets = [node.target]
    named = [target.id for target in targets if isinstance(target, ast.Name)]
    if "__all__" not in named or not isinstance(node, ast.Assign | ast.AugAssign):
        return []
    return [str(name) for name in ast.literal_eval(node.value)]


def _absolute(module: str, path: Path, node: ast.ImportFrom) -> str:
    package = module if path.name == "__init__.pyi" else module.rpartition(".")[0]
    parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    return ".".join([*parts, *([node.module] if node.module else [])])


def _compare(left: object, right: object, operator: ast.cmpop) -> bool:
    if isinstance(operator, ast.Eq):
        return left == right
    if isinstance(operator, ast.NotEq):
        return left != right
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    return left >= right if isinstance(operator, ast.GtE) else left < right


def _lifetimes(path: Path) -> dict[str, tuple[Version, Version]]:
    """First and last Python version of each module listed in the stubs' own table."""
    table = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, colon, span = line.partition("#")[0].partition(":")
        if colon:
            first, _, last = span.strip().partition("-")
            table[name.strip()] = (_version(first), _version(last) if last else (99, 0))
    return table


def _version(text: str) -> Version:
    major, _, minor = text.strip().partition(".")
    return int(major), int(minor)
