"""The values that a canonical form is made of, and the rules that need no state.

In: statements and constants. Out: statements without idle ones, constants as text, and the frozen
values that the encoder and the resolver of names exchange.
Never: resolves a name itself.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dbos_build.names.scopes import Origin, Scope, origins
from dbos_build.names.symbols import is_typing_only

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
        case ast.AnnAssign(value=None):
            return not scope.is_class
        case ast.Import() | ast.ImportFrom():
            binders = [(scope.find(name), name) for name, _ in origins(statement)]
            return all(binder is not None and name in binder.imported for binder, name in binders)
    return False


def dotted_parts(node: ast.expr) -> list[str] | None:
    """Return the parts of `a.b.c`, None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else None


def is_builtin(resolver: Resolver, name: str) -> bool:
    """Return whether a name that no scope binds is the builtin, not something of the module."""
    return resolver.meaning([name], None).text == f"free:{name}"
