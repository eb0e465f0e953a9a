"""Annotations, carried from the module that wrote them into one that only imports types.

In: an annotation and the scope of its module. Out: `Spelled`: its text in pieces, in which each
name says where it can be imported from, and why a part of it had to become `Any`.
Never: lets any other text of the user through; an annotation is taken apart and put together again
from names, attributes, subscripts, unions and literals, and everything else becomes `Any`.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbos_build.names.forms import dotted_parts
from dbos_build.names.symbols import Assigned, Binding, Class, Defined, Function, Imported, Symbols
from dbos_build.parsing import parse_expression
from dbos_build.reading.module import Module

_TYPE_VARIABLES = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
_TYPING = frozenset({"typing", "typing_extensions"})
_BUILTINS = frozenset(dir(builtins))
LONGEST_CHAIN = 10


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """Something that `from module import name` gives; `builtins` needs no import."""

    module: str
    name: str


Piece = str | Name
ANY = Name("typing", "Any")


@dataclass(frozen=True, slots=True)
class Spelled:
    """Text with names still to be chosen; `reasons` say why parts of it became `Any`."""

    pieces: tuple[Piece, ...]
    reasons: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[Name]:
        """What has to be importable for the text to mean anything."""
        return frozenset(piece for piece in self.pieces if isinstance(piece, Name))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an annotation stands: its module, the class around it, and its type parameters."""

    symbols: Symbols
    module: Module
    owner: Class | None
    type_parameters: frozenset[str]


class _Unspeakable(Exception):
    """A name that another module cannot import; the text says why."""


def around(symbols: Symbols, function: Function, node: ast.AST) -> Surroundings:
    """Return the surroundings of a function's own annotations."""
    owners = [node, *([function.owner.node] if function.owner is not None else [])]
    parameters = (each for owner in owners for each in getattr(owner, "type_params", ()))
    return Surroundings(
        symbols=symbols,
        module=function.module,
        owner=function.owner,
        type_parameters=frozenset(each.name for each in parameters),
    )


def spell(node: ast.expr | None, where: Surroundings) -> Spelled:
    """Return what an annotation says, `Any` for none."""
    if node is None:
        return Spelled((ANY,))
    reasons: list[str] = []
    try:
        pieces = _merged(_pieces(node, where, reasons))
    except RecursionError:
        return Spelled((ANY,), ("it is nested too deeply",))
    return Spelled(tuple(pieces), tuple(dict.fromkeys(reasons)))


def literal(node: ast.expr) -> str | None:
    """Return the source of a default that is a short immutable literal, None for any other."""
    from dbos_templates.literals import pyrepr

    try:
        value = ast.literal_eval(node)
        text = pyrepr(value) if _is_immutable(value) else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return text if text is not None and len(text) <= 60 else None


def _is_immutable(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_immutable(each) for each in value)
    return value is None or isinstance(value, bool | int | float | str)


def _pieces(node: ast.expr, where: Surroundings, reasons: list[str]) -> Iterator[Piece]:
    """What may stand anywhere in an annotation."""
    match node:
        case ast.Name() | ast.Attribute():
            yield from _named(node, where, reasons)
        case ast.Constant(value=None):
            yield "None"
        case ast.Constant(value=value) if value is ...:
            yield "..."
        case ast.Constant(value=str(text)):
            yield from _quoted(text, where, reasons)
        case ast.Subscript(value=ast.Name() | ast.Attribute() as value, slice=inside):
            yield from _subscript(value, inside, where, reasons)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _pieces(left, where, reasons)
            yield " | "
            yield from _pieces(right, where, reasons)
        case _:
            reasons.append("an annotation is more than names, subscripts and unions")
            yield ANY


def _named(
    node: ast.Name | ast.Attribute, where: Surroundings, reasons: list[str]
) -> Iterator[Piece]:
    parts = dotted_parts(node)
    if parts is None:
        reasons.append("an annotation is computed")
        yield ANY
        return
    try:
        name, rest = _resolve(parts, where)
    except _Unspeakable as failure:
        reasons.append(str(failure))
        yield ANY
        return
    yield name
    yield "".join(f".{part}" for part in rest)


def _quoted(text: str, where: Surroundings, reasons: list[str]) -> Iterator[Piece]:
    """A forward reference."""
    try:
        inner = parse_expression(text.strip())
    except (SyntaxError, ValueError, MemoryError):
        reasons.append("an annotation in quotes is no expression")
        yield ANY
        return
    yield from _pieces(inner, where, reasons)


def _subscript(
    value: ast.expr, inside: ast.expr, where: Surroundings, reasons: list[str]
) -> Iterator[Piece]:
    head = list(_pieces(value, where, reasons))
    special = head[0].name if isinstance(head[0], Name) and head[0].module in _TYPING else ""
    elements = inside.elts if isinstance(inside, ast.Tuple) and inside.elts else [inside]
    if special == "Any":
        yield from head
    elif special == "Annotated":
        # What else it holds is for other tools, and may be any expression.
        yield from _pieces(elements[0], where, reasons)
    elif special == "Literal":
        yield from _literals(head, elements, where, reasons)
    else:
        yield from head
        yield "["
        yield from _joined(elements, where, reasons)
        yield "]"


def _literals(
    head: Sequence[Piece], elements: Sequence[ast.expr], where: Surroundings, reasons: list[str]
) -> Iterator[Piece]:
    """`Literal[…]`: constants, and members of enumerations."""
    texts: list[list[Piece]] = []
    for element in elements:
        if isinstance(element, ast.Attribute):
            texts.append(list(_named(element, where, reasons)))
            continue
        text = literal(element)
        if text is None:
            reasons.append("a Literal holds more than constants")
            yield ANY
            return
        texts.append([text])
    yield from head
    yield "["
    for number, pieces in enumerate(texts):
        yield from [", "] if number else []
        yield from pieces
    yield "]"


def _joined(
    elements: Sequence[ast.expr], where: Surroundings, reasons: list[str]
) -> Iterator[Piece]:
    """What stands between the brackets of a subscript: types, and lists of parameters."""
    if len(elements) == 1 and isinstance(elements[0], ast.Tuple) and not elements[0].elts:
        yield "()"
        return
    for number, element in enumerate(elements):
        if number:
            yield ", "
        match element:
            case ast.List(elts=parameters):
                yield "["
                yield from _joined(parameters, where, reasons)
                yield "]"
            case ast.Starred(value=value):
                yield "*"
                yield from _pieces(value, where, reasons)
            case _:
                yield from _pieces(element, where, reasons)


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbouring texts as one, empty ones left out."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield text
        text = ""
        yield piece
    if text:
        yield text


# ---------------------------------------------------------------- where a name comes from


def _resolve(parts: list[str], where: Surroundings) -> tuple[Name, list[str]]:
    """Where the first name of a dotted one can be imported from, and what follows it."""
    head = parts[0]
    if head in where.type_parameters:
        raise _Unspeakable(f"{head} is a type parameter")
    if where.owner is not None and (bound := where.owner.bindings.get(head)):
        if isinstance(bound[0], Defined) and isinstance(bound[0].entity, Class):
            inside = bound[0].entity.qualname.split(".")
            return _first(where.module.name, [*inside, *parts[1:]])
        raise _Unspeakable(f"{head} is a name of the class body")
    return _in_module(parts, where.module, where.symbols, LONGEST_CHAIN)


def _in_module(
    parts: list[str], module: Module, symbols: Symbols, hops: int
) -> tuple[Name, list[str]]:
    """The same for a name at the top of a module of the project."""
    head = parts[0]
    scope = symbols.scopes.get(module.path)
    binding = next(iter(scope.bindings.get(head, ())), None) if scope is not None else None
    if binding is not None:
        return _bound(binding, parts, module, symbols, hops)
    if _is_type_statement(head, module):
        return _first(module.name, parts)
    for star in scope.stars if scope is not None else ():
        target = symbols.find(star, module)
        known = symbols.scopes.get(target.path) if target is not None else None
        if target is not None and known is not None and hops and head in known.bindings:
            return _in_module(parts, target, symbols, hops - 1)
    if head in _BUILTINS:
        return Name("builtins", head), parts[1:]
    raise _Unspeakable(f"{head} is not defined in {module.name}")


def _bound(
    binding: Binding, parts: list[str], module: Module, symbols: Symbols, hops: int
) -> tuple[Name, list[str]]:
    match binding:
        case Imported():
            return _imported(binding, parts, module, symbols, hops)
        case Defined(entity=Class() as owner):
            return _first(module.name, [*owner.qualname.split("."), *parts[1:]])
        case Assigned(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))) if (
            name in _TYPE_VARIABLES
        ):
            raise _Unspeakable(f"{parts[0]} is a type variable")
        case Assigned():
            return _first(module.name, parts)
    raise _Unspeakable(f"{parts[0]} is a function")


def _imported(
    binding: Imported, parts: list[str], module: Module, symbols: Symbols, hops: int
) -> tuple[Name, list[str]]:
    if binding.attribute is None:
        return _below_import(binding, parts, module, symbols)
    full = [*binding.module.split("."), binding.attribute]
    submodule = ".".join(full)
    if symbols.find(submodule, module) is not None:
        return _first(submodule, parts[1:])
    home = symbols.find(binding.module, module)
    if home is not None and home.path in symbols.scopes:
        if not hops or home is module:
            raise _Unspeakable(f"{parts[0]} is imported in a circle")
        inner = [binding.attribute, *parts[1:]]
        if binding.attribute in symbols.scopes[home.path].bindings:
            return _in_module(inner, home, symbols, hops - 1)
        return _first(home.name, inner)
    if len(parts) > 1 and binding.attribute.islower() and binding.module not in _TYPING:
        # `from concurrent import futures`: what follows a lower-case name is inside a module.
        return _first(submodule, parts[1:])
    return _first(binding.module, [binding.attribute, *parts[1:]])


def _below_import(
    binding: Imported, parts: list[str], module: Module, symbols: Symbols
) -> tuple[Name, list[str]]:
    """A name reached through `import a.b` or `import a.b as c`."""
    node = binding.node
    renamed = isinstance(node, ast.Import) and any(
        alias.asname == parts[0] and alias.name == binding.module for alias in node.names
    )
    full = [*binding.module.split("."), *parts[1:]] if renamed else list(parts)
    loaded = {binding.module, *_plain_imports(module)}
    for length in range(len(full) - 1, 0, -1):
        name = ".".join(full[:length])
        if name in loaded or symbols.find(name, module) is not None:
            return _first(name, full[length:])
    raise _Unspeakable(f"{'.'.join(parts)} is a module")


def _plain_imports(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.asname is None)


def _is_type_statement(name: str, module: Module) -> bool:
    """Whether a module says `type name = …` at its top, where Python knows that statement."""
    body = module.tree.body if module.tree is not None else []
    return any(
        type(each).__name__ == "TypeAlias" and getattr(vars(each)["name"], "id", "") == name
        for each in body
    )


def _first(module: str, path: list[str]) -> tuple[Name, list[str]]:
    """`path` below a module: what to import of it, and what follows."""
    if not path:
        raise _Unspeakable(f"{module} is a module")
    if "<locals>" in path:
        raise _Unspeakable(f"{path[-1]} is defined inside a function")
    words = [*module.split("."), *path]
    if module == "__main__" or not all(map(is_identifier, words)):
        raise _Unspeakable(f"{path[0]} is in a module that cannot be imported by its name")
    return Name(module, path[0]), path[1:]


def is_identifier(word: str) -> bool:
    """Whether a word can be a name in Python source."""
    return word.isidentifier() and not keyword.iskeyword(word)
