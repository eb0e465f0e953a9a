"""What a workflow takes and gives, as a signature that stands in another module.

In: a declared workflow. Out: its `Signature`: parameters with their kinds, types and defaults, in
pieces whose names are still to be imported.
Never: a default that is no short literal; it becomes `...`, and the call leaves it to the workflow.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.places import place
from dbos_build.analysis.program import Program
from dbos_build.names.annotations import (
    Name,
    Piece,
    Spelled,
    Surroundings,
    around,
    is_identifier,
    literal,
    spell,
)
from dbos_build.names.symbols import Function

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Signature:
    """`pieces` are everything from the opening parenthesis to the type of the result.

    `member` is how the runtime binds the function: "self", "cls" or None; that parameter is written
    as `self`. `reasons` say why a type became `Any`, one text per parameter.
    """

    pieces: tuple[Piece, ...]
    member: str | None
    reasons: tuple[str, ...]

    @property
    def names(self) -> frozenset[Name]:
        """What has to be importable for the signature to mean anything."""
        return frozenset(piece for piece in self.pieces if isinstance(piece, Name))


def of(program: Program, declaration: Declaration, *, is_method: bool) -> Signature | None:
    """Return the signature of a workflow, None when it has none that can be written down.

    With `is_method`, the result takes `self` first, whatever the workflow does.
    """
    entity = declaration.entity
    if not isinstance(entity, Function) or "<locals>" in declaration.qualname:
        return None
    node = _signed(program, declaration, entity)
    if node is None:
        return None
    where = around(program.engine.symbols, entity, node)
    member = _member(node)
    pieces: list[Piece] = ["("]
    reasons: list[str] = []
    for number, part in enumerate(_parts(node, where, member, is_method)):
        pieces += [", "] if number else []
        pieces += part.pieces
        reasons += part.reasons
    returns = spell(node.returns, where)
    pieces += [") -> ", *returns.pieces]
    reasons += [f"result: Any, as {each}" for each in returns.reasons]
    return Signature(tuple(pieces), member, tuple(reasons))


def _signed(program: Program, declaration: Declaration, entity: Function) -> FunctionNode | None:
    """The definition whose parameters callers see.

    A wrapper that passes everything on hides the function that it was put around.
    """
    written = place(program, declaration).node
    own = entity.node
    if isinstance(own, ast.Lambda):
        return None
    passes_on = own.args.vararg is not None and own.args.kwarg is not None
    if written is not own and passes_on and isinstance(written, FunctionNode):
        return written
    return own


def _member(node: FunctionNode) -> str | None:
    """How the runtime binds a function: it judges by the name of the first parameter."""
    first = next(iter((*node.args.posonlyargs, *node.args.args)), None)
    return first.arg if first is not None and first.arg in ("self", "cls") else None


def _parts(
    node: FunctionNode, where: Surroundings, member: str | None, is_method: bool
) -> Iterator[Spelled]:
    """The parameters and the `/` and `*` between them."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    both = list(zip(positional, [*defaults, *arguments.defaults], strict=True))
    own = both[1:] if member is not None else both
    only = max(0, len(arguments.posonlyargs) - (len(both) - len(own)))
    if is_method:
        yield Spelled(("self",))
    for number, (parameter, default) in enumerate(own):
        yield _parameter("", parameter, default, where)
        if number + 1 == only:
            yield Spelled(("/",))
    if arguments.vararg is not None:
        yield _parameter("*", arguments.vararg, None, where)
    elif arguments.kwonlyargs:
        yield Spelled(("*",))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter("", parameter, default, where)
    if arguments.kwarg is not None:
        yield _parameter("**", arguments.kwarg, None, where)


def _parameter(
    stars: str, parameter: ast.arg, default: ast.expr | None, where: Surroundings
) -> Spelled:
    name = parameter.arg
    assert is_identifier(name), name
    spelled = spell(parameter.annotation, where)
    given = "" if default is None else f" = {literal(default) or '...'}"
    pieces: tuple[Piece, ...] = (f"{stars}{name}: ", *spelled.pieces, given)
    reasons = tuple(f"{name}: Any, as {each}" for each in spelled.reasons)
    return Spelled(pieces, reasons)
