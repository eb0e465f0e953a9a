"""The nodes below a node, found once: rules ask about the same functions over and over.

In: syntax trees as they were parsed. Out: their nodes in source order, all of them or those of some
types, those that a function runs itself, and which node holds which. What was found out about a
function, class or module is kept with its tree and lives as long. Never does: change what a tree
says, or expect that somebody else changes it; name the marks that only tell how a name is used or
which operator is meant (`ast.Load`, `ast.Add`): they are shared by all trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar, overload

One = TypeVar("One", bound=ast.AST)
Two = TypeVar("Two", bound=ast.AST)
Three = TypeVar("Three", bound=ast.AST)
Four = TypeVar("Four", bound=ast.AST)
Parents = dict[ast.AST, ast.AST]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (*FUNCTIONS, ast.ClassDef)
_KEPT = frozenset({*SCOPES, ast.Module})
_NEVER_NODES = frozenset(
    {"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level"}
    | {"module", "op", "ops", "rest", "simple", "type_comment"}
)
"""Fields that hold texts and numbers, or the marks that all trees share."""
_ATTRIBUTE = "_dbos_nodes"


class _Found:
    """Nodes in order, and where those of each type are among them."""

    __slots__ = ("_types", "nodes")

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.nodes = tuple(nodes)
        self._types: dict[type, list[int]] | None = None

    def every(self, types: tuple[type, ...]) -> list[Any]:
        """The nodes of some types, in order."""
        if self._types is None:
            self._types = {}
            for position, node in enumerate(self.nodes):
                self._types.setdefault(type(node), []).append(position)
        known = self._types
        hits = [known[each] for each in _concrete(types) if each in known]
        if not hits:
            return []
        positions = hits[0] if len(hits) == 1 else sorted(n for hit in hits for n in hit)
        return [self.nodes[position] for position in positions]


class _Nodes:
    """What is below one node; each part is found when it is first asked for."""

    __slots__ = ("_called", "_everything", "_own", "_parents", "_root")

    def __init__(self, root: ast.AST) -> None:
        self._root = root
        self._everything: _Found | None = None
        self._own: _Found | None = None
        self._parents: Parents | None = None
        self._called: frozenset[str] | None = None

    @property
    def everything(self) -> _Found:
        if self._everything is None:
            self._everything = _Found(_below((self._root,), ()))
        return self._everything

    @property
    def own(self) -> _Found:
        if self._own is None:
            body = getattr(self._root, "body", [])
            self._own = _Found(_below(body if isinstance(body, list) else [body], SCOPES))
        return self._own

    @property
    def parents(self) -> Parents:
        if self._parents is None:
            nodes = self.everything.nodes
            self._parents = {child: node for node in nodes for child in children(node)}
        return self._parents

    @property
    def called(self) -> frozenset[str]:
        if self._called is None:
            calls = self.everything.every((ast.Call,))
            self._called = frozenset(_last_name(each.func) for each in calls)
        return self._called


def walk(root: ast.AST) -> tuple[ast.AST, ...]:
    """A node and everything below it."""
    return _nodes(root).everything.nodes


@overload
def every(root: ast.AST, one: type[One], /) -> list[One]: ...
@overload
def every(root: ast.AST, one: type[One], two: type[Two], /) -> list[One | Two]: ...
@overload
def every(
    root: ast.AST, one: type[One], two: type[Two], three: type[Three], /
) -> list[One | Two | Three]: ...
@overload
def every(
    root: ast.AST, one: type[One], two: type[Two], three: type[Three], four: type[Four], /
) -> list[One | Two | Three | Four]: ...
@overload
def every(root: ast.AST, /, *types: type[ast.AST]) -> list[ast.AST]: ...
def every(root: ast.AST, /, *types: type[ast.AST]) -> list[Any]:
    """The nodes of some types in and below a node."""
    return _nodes(root).everything.every(types)


def own_body(root: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a body, without decorators, defaults and annotations of its function.

    Nested functions and classes are named and not entered: they are not run here.
    """
    return _nodes(root).own.nodes


@overload
def own(root: ast.AST, one: type[One], /) -> list[One]: ...
@overload
def own(root: ast.AST, one: type[One], two: type[Two], /) -> list[One | Two]: ...
@overload
def own(
    root: ast.AST, one: type[One], two: type[Two], three: type[Three], /
) -> list[One | Two | Three]: ...
@overload
def own(
    root: ast.AST, one: type[One], two: type[Two], three: type[Three], four: type[Four], /
) -> list[One | Two | Three | Four]: ...
@overload
def own(root: ast.AST, /, *types: type[ast.AST]) -> list[ast.AST]: ...
def own(root: ast.AST, /, *types: type[ast.AST]) -> list[Any]:
    """The nodes of some types in a body; see `own_body`."""
    return _nodes(root).own.every(types)


def own_nodes(root: ast.AST) -> list[ast.AST]:
    """Everything below a node that is run with it: nested functions and classes not entered."""
    return _below(children(root), SCOPES)


def called_names(root: ast.AST) -> frozenset[str]:
    """The last names of everything that is called in a node: `c` of `a.b.c()`."""
    return _nodes(root).called


def parents_of(root: ast.AST) -> Parents:
    """Which node holds which, for everything below a root."""
    return _nodes(root).parents


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly in a node, in the order of its fields."""
    held = vars(node)
    found: list[ast.AST] = []
    for field in _FIELDS[type(node)]:
        value = held.get(field)
        if type(value) is list:
            for each in value:
                if isinstance(each, ast.AST):
                    found.append(each)
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _last_name(callee: ast.expr) -> str:
    name: str = getattr(callee, "attr", getattr(callee, "id", ""))
    return name


def _nodes(root: ast.AST) -> _Nodes:
    """What is known of a node; kept where it is asked for again."""
    if type(root) not in _KEPT:
        return _Nodes(root)
    known: _Nodes | None = vars(root).get(_ATTRIBUTE)
    if known is None:
        known = vars(root)[_ATTRIBUTE] = _Nodes(root)
    return known


def _below(roots: Sequence[ast.AST], stop: tuple[type, ...]) -> list[ast.AST]:
    """Nodes and everything below them, in source order; nodes of some types are not entered."""
    found: list[ast.AST] = []
    waiting = list(reversed(roots))
    while waiting:
        node = waiting.pop()
        found.append(node)
        if _FIELDS[type(node)] and not isinstance(node, stop):
            inner = children(node)
            inner.reverse()
            waiting += inner
    return found


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each type of nodes that may hold other nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        held = () if kind is ast.Constant else kind._fields
        found = self[kind] = tuple(field for field in held if field not in _NEVER_NODES)
        return found


_FIELDS = _Fields()


@cache
def _concrete(types: tuple[type, ...]) -> tuple[type, ...]:
    """Types and everything below them: `ast.stmt` stands for all statements."""
    found: dict[type, None] = {}
    waiting = list(types)
    while waiting:
        each = waiting.pop()
        found[each] = None
        waiting += each.__subclasses__()
    return tuple(found)
