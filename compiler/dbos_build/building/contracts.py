"""Contracts: what a workflow takes and gives, and the classes that stored values are made of.

In: an analysed program. Out: per workflow its `Contract`, per step the classes that its recorded
results may hold, and the shape of each such class; and their JSON forms.
Never: imports a class; a type that nothing tells is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.error import ManifestError
from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Frame
from dbos_build.interpreter.values import (
    NOTHING,
    ClassRef,
    Constant,
    Coroutine,
    InstanceRef,
    Sequence,
    Value,
)
from dbos_build.interpreter.values import Mapping as MappingValue
from dbos_build.names.symbols import Class, Function
from dbos_build.syntax import own_body

KINDS = ("positional", "any", "rest", "named", "rest_named")
"""How a parameter is given: by place, by place or name, `*rest`, by name, `**rest_named`."""
_BASES = {
    "Enum": "enum",
    "IntEnum": "enum",
    "StrEnum": "enum",
    "Flag": "enum",
    "IntFlag": "enum",
    "NamedTuple": "namedtuple",
    "BaseModel": "model",
    "SQLModel": "model",
    "TypedDict": "mapping",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a workflow; `default` is its value as text, None when it has none."""

    name: str
    kind: str
    annotation: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a workflow takes and gives; `stores` are the classes of its input and its result."""

    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    stores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a class; `default` is none, value, or made: by a factory, for each instance.

    A member of an enumeration has its value in place of an annotation.
    """

    name: str
    annotation: str
    default: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A class of stored values, by `module:qualname`: how it keeps its parts, and which.

    `kind` is dataclass, slotted (a dataclass with slots), enum, namedtuple, model, mapping, error
    or class. `constants` are the attributes of the class itself, with their values as text;
    `bases` are the classes it inherits from, as they are written.
    """

    name: str
    kind: str
    fields: tuple[Field, ...]
    constants: tuple[tuple[str, str], ...] = ()
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts of a program: by workflow, classes by step or transaction, and all shapes."""

    workflows: Mapping[str, Contract]
    results: Mapping[str, tuple[str, ...]]
    shapes: Mapping[str, Shape]


def contracts(program: Program) -> Contracts:
    """Return the contracts of a program. Of declarations with one name, the first is kept."""
    finder = _Finder(program)
    workflows: dict[str, Contract] = {}
    results: dict[str, tuple[str, ...]] = {}
    for each in program.workflows:
        if isinstance(each.entity, Function) and each.name not in workflows:
            workflows[each.name] = finder.contract(each, each.entity)
    for each in (*program.steps, *program.transactions):
        if isinstance(each.entity, Function) and each.name not in results:
            found = [*finder.result(each.entity), *finder.raised(each.entity)]
            results[each.name] = finder.closed(found)
    return Contracts(workflows, results, dict(sorted(finder.shapes.items())))


class _Finder:
    """Finds classes in annotations and values, and remembers their shapes."""

    def __init__(self, program: Program) -> None:
        self.shapes: dict[str, Shape] = {}
        self._program = program
        self._engine: Engine = surrounding_engine(program)
        self._parts: dict[str, tuple[str, ...]] = {}

    def contract(self, declaration: Declaration, function: Function) -> Contract:
        """The contract of a workflow; the instance or class of a method is no part of it."""
        arguments = list(_arguments(function.node))
        is_bound = function.owner is not None and not _is_static(function)
        if is_bound and arguments and arguments[0][1] in ("positional", "any"):
            arguments = arguments[1:]
        frame = self._frame(function)
        stored: list[str] = []
        for argument, _, _ in arguments:
            stored += self._classes(annotated(self._engine, argument.annotation, frame))
        return Contract(
            parameters=tuple(
                Parameter(
                    name=argument.arg,
                    kind=kind,
                    annotation=_text(argument.annotation),
                    default=None if default is None else self._default(default, frame),
                )
                for argument, kind, default in arguments
            ),
            returns=_text(getattr(function.node, "returns", None)),
            stores=self.closed([*stored, *self.result(function)]),
        )

    def result(self, function: Function) -> list[str]:
        """The classes of what a durable function gives: as annotated, and as it was seen."""
        returns = getattr(function.node, "returns", None)
        found = self._classes(annotated(self._engine, returns, self._frame(function)))
        reach = self._program.reaches.get(function)
        if reach is not None:
            found += self._classes(reach.reached[0].activation.returns.value)
        return found

    def raised(self, function: Function) -> list[str]:
        """The exceptions of the project that a step raises, or something that it calls."""
        reach = self._program.reaches.get(function)
        found: list[str] = []
        for item in reach.reached if reach is not None else ():
            activation = item.activation
            if activation.function is None:
                continue
            for node in own_body(activation.function.node):
                if not isinstance(node, ast.Raise) or node.exc is None:
                    continue
                for atom in activation.values.get(node.exc, NOTHING).atoms:
                    if isinstance(atom, InstanceRef | ClassRef):
                        found.append(self._shape(atom.owner))
        return found

    def closed(self, names: Iterable[str]) -> tuple[str, ...]:
        """Classes with those that their fields hold, sorted."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._parts[name]
        return tuple(sorted(found))

    def _frame(self, function: Function) -> Frame:
        module = self._engine.module_activation(function.module)
        return Frame(module, {}, function.owner)

    def _default(self, node: ast.expr, frame: Frame) -> str:
        """The value of a default, or its text where the value is not known."""
        atoms = self._engine.evaluate(node, frame).atoms
        values = [repr(atom.value) for atom in atoms if isinstance(atom, Constant)]
        return values[0] if len(values) == len(atoms) == 1 else ast.unparse(node)

    def _classes(self, value: Value) -> list[str]:
        """The classes of the project in a value."""
        found: list[str] = []
        waiting, seen = [value], set()
        while waiting:
            for atom in waiting.pop().atoms:
                if atom in seen:
                    continue
                seen.add(atom)
                if isinstance(atom, InstanceRef):
                    found.append(self._shape(atom.owner))
                elif isinstance(atom, Sequence):
                    waiting += [atom.element, *(atom.items or ())]
                elif isinstance(atom, MappingValue):
                    waiting += [atom.rest, *(held for _, held in atom.items)]
                elif isinstance(atom, Coroutine):
                    waiting.append(atom.result)
        return sorted(found)

    def _shape(self, owner: Class) -> str:
        """The name of a class, after its shape was noted."""
        name = f"{owner.module.name}:{owner.qualname}"
        if name in self.shapes:
            return name
        family = [owner, *self._bases(owner)]
        kind = next((found for each in family if (found := _kind(each.node))), "class")
        fields: dict[str, tuple[Field, ast.expr | None, Class]] = {}
        for each in reversed(family):
            for field, annotation in _fields(each.node, kind):
                fields[field.name] = (field, annotation, each)
        self.shapes[name] = Shape(
            name=name,
            kind=kind,
            fields=tuple(field for field, _, _ in fields.values()),
            constants=tuple(self._constants(reversed(family), kind)),
            bases=tuple(ast.unparse(base) for each in family for base in each.node.bases),
        )
        self._parts[name] = ()
        parts: list[str] = []
        for _, annotation, each in fields.values():
            frame = Frame(self._engine.module_activation(each.module), {}, each)
            parts += self._classes(annotated(self._engine, annotation, frame))
        self._parts[name] = tuple(parts)
        return name

    def _constants(self, family: Iterable[Class], kind: str) -> Iterator[tuple[str, str]]:
        """The attributes that the bodies of a class and its bases set, which are no fields."""
        for each in family:
            frame = Frame(self._engine.module_activation(each.module), {}, each)
            fields = {field.name for field, _ in _fields(each.node, kind)}
            for statement in each.node.body:
                match statement:
                    case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                        pass
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        pass
                    case _:
                        continue
                if name not in fields:
                    yield name, self._default(value, frame)

    def _bases(self, owner: Class, depth: int = 0) -> Iterator[Class]:
        """The classes of the project that a class inherits from, nearest first."""
        frame = Frame(self._engine.module_activation(owner.module), {})
        for base in owner.node.bases if depth < 8 else ():
            for atom in annotated(self._engine, base, frame).atoms:
                if isinstance(atom, InstanceRef) and atom.owner is not owner:
                    yield atom.owner
                    yield from self._bases(atom.owner, depth + 1)


def _arguments(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> Iterator[tuple[ast.arg, str, ast.expr | None]]:
    """The parameters of a function: their nodes, kinds and defaults."""
    given = node.args
    placed = [*((each, "positional") for each in given.posonlyargs)]
    placed += [(each, "any") for each in given.args]
    defaults = [*[None] * (len(placed) - len(given.defaults)), *given.defaults]
    for (argument, kind), default in zip(placed, defaults, strict=True):
        yield argument, kind, default
    if given.vararg is not None:
        yield given.vararg, "rest", None
    for argument, named in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield argument, "named", named
    if given.kwarg is not None:
        yield given.kwarg, "rest_named", None


def _is_static(function: Function) -> bool:
    return any(_last_name(each) == "staticmethod" for each in function.decorators)


def _kind(node: ast.ClassDef) -> str:
    """How a class keeps its parts; empty when its own text does not say."""
    for decorator in node.decorator_list:
        if _last_name(decorator) == "dataclass":
            options = decorator.keywords if isinstance(decorator, ast.Call) else []
            slotted = any(
                each.arg == "slots" and getattr(each.value, "value", False) for each in options
            )
            return "slotted" if slotted else "dataclass"
    for base in node.bases:
        name = _last_name(base)
        if name in _BASES:
            return _BASES[name]
        if name.endswith(("Error", "Exception")):
            return "error"
    return ""


def _fields(node: ast.ClassDef, kind: str) -> Iterator[tuple[Field, ast.expr | None]]:
    """What a class body says its instances hold; for an enumeration, its members."""
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                if _last_name(annotation) != "ClassVar":
                    yield Field(name, _text(annotation), _default_kind(value)), annotation
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if kind == "enum":
                yield Field(name, ast.unparse(value), "none"), None


def _default_kind(value: ast.expr | None) -> str:
    """Whether a field has a default, and whether the class itself holds it."""
    if value is None:
        return "none"
    if not isinstance(value, ast.Call):
        return "value"
    names = {each.arg for each in value.keywords}
    if "default_factory" in names:
        return "made"
    if _last_name(value) in ("field", "Field"):
        return "value" if "default" in names or value.args else "none"
    return "value"


def _last_name(node: ast.expr) -> str:
    """The last part of a dotted name, also when it is called or subscripted."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _text(annotation: ast.expr | None) -> str:
    return "" if annotation is None else ast.unparse(annotation)


def to_json(contract: Contract) -> dict[str, object]:
    """Return a contract as JSON can hold it."""
    return {
        "parameters": [
            {
                "name": each.name,
                "kind": each.kind,
                "annotation": each.annotation,
                "default": each.default,
            }
            for each in contract.parameters
        ],
        "returns": contract.returns,
        "stores": list(contract.stores),
    }


def from_json(data: object, origin: str) -> Contract:
    """Return the contract that `to_json` wrote.

    Raises ManifestError, with `origin` in its text, for anything else.
    """
    match data:
        case {"parameters": [*parameters], "returns": str(returns), "stores": [*stores]}:
            return Contract(
                tuple(_parameter(each, origin) for each in parameters),
                returns,
                tuple(map(str, stores)),
            )
    raise _damaged(origin)


def _parameter(data: object, origin: str) -> Parameter:
    match data:
        case {
            "name": str(name),
            "kind": str(kind),
            "annotation": str(annotation),
            "default": str() | None as default,
        } if kind in KINDS:
            return Parameter(name, kind, annotation, default)
    raise _damaged(origin)


def shape_to_json(shape: Shape) -> dict[str, object]:
    """Return the shape of a class as JSON can hold it; its name is the key it stands under."""
    return {
        "kind": shape.kind,
        "fields": [[each.name, each.annotation, each.default] for each in shape.fields],
        "constants": [list(each) for each in shape.constants],
        "bases": list(shape.bases),
    }


def shape_from_json(name: str, data: object, origin: str) -> Shape:
    """Return the shape that `shape_to_json` wrote.

    Raises ManifestError, with `origin` in its text, for anything else.
    """
    match data:
        case {
            "kind": str(kind),
            "fields": [*rows],
            "constants": [*constants],
            "bases": [*bases],
        }:
            fields = []
            for row in rows:
                match row:
                    case [str(field), str(annotation), str(default)]:
                        fields.append(Field(field, annotation, default))
                    case _:
                        raise _damaged(origin)
            pairs = [(str(key), str(value)) for key, value in constants]
            return Shape(name, kind, tuple(fields), tuple(pairs), tuple(map(str, bases)))
    raise _damaged(origin)


def _damaged(origin: str) -> ManifestError:
    return ManifestError(f"{origin}: has a damaged contract; run `dbos-build build`")
