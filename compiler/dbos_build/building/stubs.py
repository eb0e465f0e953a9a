"""The typed stubs of a registry: one per workflow, under a name that Python code can import.

In: an analysed program. Out: `Stubs`: signatures of functions and of the methods of classes, each
as finished text, and the imports that their types need.
Never: a name twice, or one that hides another that the file uses; text of the user that is neither
a checked name nor a literal.

A stub is called as its workflow is registered when that is a name; else as the function, and when
that is taken, as its module and the function. So a new workflow never renames the stub of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.building import signatures
from dbos_build.building.signatures import Signature
from dbos_build.names.annotations import Name, Piece, is_identifier
from dbos_build.names.symbols import Class, Function, all_classes

RESERVED = frozenset(
    {
        *("registry", "annotations", "TYPE_CHECKING", "Registry", "Workflow", "Step", "Queue"),
        *("Transaction", "Schedule", "Class", "Module", "TakeOver", "Classes", "Instances"),
    }
)
"""Names that a generated registry uses itself."""
KNOWN_MODULES = frozenset(
    {
        *("abc", "array", "asyncio", "builtins", "collections", "concurrent", "contextlib", "dbos"),
        *("dataclasses", "datetime", "decimal", "email", "enum", "fractions", "functools", "http"),
        *("io", "ipaddress", "json", "logging", "numbers", "os", "pathlib", "queue", "random"),
        *("re", "string", "subprocess", "threading", "time", "types", "typing", "urllib", "uuid"),
        *("typing_extensions", "zoneinfo"),
    }
)
"""What type checkers always know, of what annotations use; the same on every Python."""


@dataclass(frozen=True, slots=True)
class Stub:
    """One signature: the `kind` of decorator, the registered `workflow`, and its text.

    `kind` is stub, static_stub, class_stub or instance_stub. `reasons` say where types are missing.
    """

    kind: str
    workflow: str
    name: str
    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassStub:
    """The workflows of one class. `registered` is its name in `DBOS.dbos_class`, None without."""

    name: str
    registered: str | None
    methods: tuple[Stub, ...]

    @property
    def parent(self) -> str:
        """The class of `dbos.registry` to derive from."""
        of_instances = any(each.kind == "instance_stub" for each in self.methods)
        return "Instances" if of_instances else "Classes"


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name as local`.

    `may_miss` when neither the project nor the standard library has the module: where it is not
    installed, or has no types, a type checker takes what comes from it for `Any`.
    """

    module: str
    name: str
    local: str
    may_miss: bool


@dataclass(frozen=True, slots=True)
class Stubs:
    """Everything that follows the literal part of a registry; every sequence is sorted."""

    imports: tuple[Import, ...] = ()
    functions: tuple[Stub, ...] = ()
    classes: tuple[ClassStub, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A stub whose types have no local names yet."""

    kind: str
    workflow: str
    name: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class _ClassDraft:
    owner: Class
    registered: str | None
    methods: tuple[_Draft, ...]


def make(program: Program, workflows: Sequence[Declaration]) -> Stubs:
    """Return the stubs of workflows, which have distinct names."""
    methods = {each.entity: each for each in workflows if isinstance(each.entity, Function)}
    classes = tuple(_class_drafts(program, methods))
    plain = [
        (each, signature)
        for each in workflows
        if isinstance(each.entity, Function) and each.entity.owner is None
        if (signature := signatures.of(program, each, is_method=False)) is not None
        if signature.member is None
    ]
    names = _names([each for each, _ in plain], classes)
    functions = tuple(
        _Draft("stub", each.name, names[each.entity], signature) for each, signature in plain
    )
    taken = {*names.values(), *(each.name for item in classes for each in item.methods)}
    drafts = [*functions, *(each for item in classes for each in item.methods)]
    local = _local_names({name for each in drafts for name in each.signature.names}, taken)
    own = {module.name for module in program.modules}
    return Stubs(
        imports=tuple(
            Import(name.module, name.name, text, name.module not in own and not _is_known(name))
            for name, text in sorted(local.items())
            if name.module != "builtins" or text != name.name
        ),
        functions=tuple(
            sorted((_finished(each, local) for each in functions), key=lambda each: each.name)
        ),
        classes=tuple(
            sorted(
                (_finished_class(each, names[each.owner], local) for each in classes),
                key=lambda each: each.name,
            )
        ),
    )


def _class_drafts(
    program: Program, workflows: Mapping[Function, Declaration]
) -> Iterator[_ClassDraft]:
    """The classes that have workflows, their own or inherited, by path."""
    registered = {
        each.entity: each.name for each in program.classes if isinstance(each.entity, Class)
    }
    for path in sorted(program.engine.symbols.scopes):
        for owner in all_classes(program.engine.symbols.scopes[path].classes):
            if "<locals>" in owner.qualname or not is_identifier(owner.name):
                continue
            name = registered.get(owner)
            methods = tuple(_methods(program, owner, name, workflows))
            if methods:
                yield _ClassDraft(owner, name, methods)


def _methods(
    program: Program,
    owner: Class,
    registered: str | None,
    workflows: Mapping[Function, Declaration],
) -> Iterator[_Draft]:
    """The workflow methods of a class; only static ones without a name to find the class by."""
    # A method called `registry` hides the registry from the decorators that come after it.
    ordered = sorted(
        _members(program, owner).items(), key=lambda each: (each[0] == "registry", each[0])
    )
    for name, function in ordered:
        declaration = workflows.get(function)
        if declaration is None or name.startswith("__"):
            continue
        signature = signatures.of(program, declaration, is_method=True)
        if signature is None:
            continue
        kind = {"self": "instance_stub", "cls": "class_stub", None: "static_stub"}[signature.member]
        if registered is not None or (kind == "static_stub" and function.owner is owner):
            yield _Draft(kind, declaration.name, name, signature)


def _members(program: Program, owner: Class) -> dict[str, Function]:
    """The functions that an attribute of a class can be, by the order of inheritance."""
    found: dict[str, Function] = {}
    hidden: set[str] = set()
    for ancestor in program.engine.mro(owner):
        if not isinstance(ancestor, Class):
            continue
        for name, bound in ancestor.bindings.items():
            entity = getattr(bound[-1], "entity", None)
            if isinstance(entity, Function) and name not in hidden:
                found.setdefault(name, entity)
        hidden |= ancestor.bindings.keys()
    return found


# ---------------------------------------------------------------- names


def _names(
    plain: Sequence[Declaration], classes: Sequence[_ClassDraft]
) -> Mapping[Function | Class, str]:
    """A name per function and class, each once; those that are registered as a name keep it."""
    wanted: list[tuple[Function | Class, str, str]] = []
    for each in plain:
        assert isinstance(each.entity, Function)
        wanted.append((each.entity, each.name, each.entity.name))
    for item in classes:
        wanted.append((item.owner, item.registered or item.owner.name, item.owner.name))
    wanted.sort(key=lambda each: (each[1], each[0].module.name, each[0].qualname))
    names: dict[Function | Class, str] = {}
    taken = set(RESERVED)
    for entity, registered, _ in wanted:
        if _is_usable(registered) and registered not in taken:
            names[entity] = registered
            taken.add(registered)
    for entity, _, plain_name in wanted:
        if entity not in names:
            names[entity] = _free(_candidates(entity, plain_name), taken)
            taken.add(names[entity])
    return names


def _candidates(entity: Function | Class, name: str) -> Iterator[str]:
    qualified = f"{entity.module.name}.{entity.qualname}".replace(".", "_")
    for candidate in (name, qualified):
        if _is_usable(candidate):
            yield candidate
    stem = "".join(character if character.isalnum() else "_" for character in qualified)
    usable = stem if _is_usable(stem) else "workflow"
    number = 1
    while True:
        yield f"{usable}_{number}"
        number += 1


def _free(candidates: Iterator[str], taken: set[str]) -> str:
    return next(each for each in candidates if each not in taken)


def _is_usable(name: str) -> bool:
    return name.isascii() and is_identifier(name) and not name.startswith("__")


def _is_known(name: Name) -> bool:
    return name.module.partition(".")[0] in KNOWN_MODULES


def _local_names(names: Iterable[Name], taken: set[str]) -> Mapping[Name, str]:
    """What each imported name is called in the registry: its own name unless that is ambiguous."""
    ordered = sorted(names)
    counts: dict[str, int] = {}
    for each in ordered:
        counts[each.name] = counts.get(each.name, 0) + 1
    used = {*taken, *RESERVED, *(each.name for each in ordered)}
    local: dict[Name, str] = {}
    for each in ordered:
        if counts[each.name] == 1 and each.name not in taken | RESERVED:
            local[each] = each.name
            continue
        stem = f"{each.module.replace('.', '_')}_{each.name}"
        local[each] = stem if stem not in used else _free(_candidates_after(stem), used)
        used.add(local[each])
    return local


def _candidates_after(stem: str) -> Iterator[str]:
    number = 1
    while True:
        yield f"{stem}_{number}"
        number += 1


# ---------------------------------------------------------------- text


def _finished(draft: _Draft, local: Mapping[Name, str]) -> Stub:
    text = "".join(_text(piece, local) for piece in draft.signature.pieces)
    reasons = tuple(map(_commented, draft.signature.reasons))
    return Stub(draft.kind, draft.workflow, draft.name, text, reasons)


def _commented(text: str) -> str:
    """Text that cannot leave the comment it is written in."""
    return "".join(character if " " <= character <= "~" else "?" for character in text)


def _finished_class(draft: _ClassDraft, name: str, local: Mapping[Name, str]) -> ClassStub:
    return ClassStub(
        name=name,
        registered=draft.registered,
        methods=tuple(_finished(each, local) for each in draft.methods),
    )


def _text(piece: Piece, local: Mapping[Name, str]) -> str:
    return piece if isinstance(piece, str) else local[piece]
