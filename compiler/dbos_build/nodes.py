"""The nodes below a node, found once: rules ask about the same functions over and over.

In: syntax trees as they were parsed. Out: their nodes in source order, all of them or those of some
types, those that a function runs itself, and which node holds which. What was found out about a
function, class or module is kept with its tree and lives as long, or until it is forgotten as the
tree changes. Never does: change a tree; name the marks that only tell how a name is used or which
operator is meant (`ast.Load`, `ast.Add`): they are shared by all trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, KeysView, Sequence
from functools import cache
from typing import Any, TypeVar, overload

One = TypeVar("One", bound=ast.AST)
Two = TypeVar("Two", bound=ast.AST)
Three = TypeVar("Three", bound=ast.AST)
Four = TypeVar("Four", bound=ast.AST)
Parents = dict[ast.AST, ast.AST]
Block = tuple[ast.AST, list[ast.stmt]]
"""Statements in a row, and the statement, handler, case or module that holds them."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (*FUNCTIONS, ast.ClassDef)
_KEPT = frozenset({*SCOPES, ast.Module})
_NEVER_NODES = frozenset(
    {"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level"}
    | {"module", "op", "ops", "rest", "simple", "type_comment"}
)
"""Fields that hold texts and numbers, or the marks that all trees share."""
_HOLDING = ("body", "orelse", "finalbody", "handlers", "cases")
_SCOPE_TYPES = frozenset(SCOPES)
_ATTRIBUTE = "_dbos_nodes"


class _Found:
    """Nodes in order, and where those of each type are among them."""

    __slots__ = ("_types", "nodes")

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.nodes = tuple(nodes)
        self._types: dict[type[ast.AST], list[int]] | None = None

    @property
    def types(self) -> KeysView[type[ast.AST]]:
        """The types that there are."""
        return self._positions().keys()

    def _positions(self) -> dict[type[ast.AST], list[int]]:
        """Where the nodes of each type are."""
        if self._types is None:
            self._types = {}
            for position, node in enumerate(self.nodes):
                self._types.setdefault(type(node), []).append(position)
        return self._types

    def every(self, types: tuple[type, ...]) -> list[Any]:
        """The nodes of some types, in order."""
        known = self._positions()
        hits = [known[each] for each in _concrete(types) if each in known]
        if not hits:
            return []
        positions = hits[0] if len(hits) == 1 else sorted(n for hit in hits for n in hit)
        return [self.nodes[position] for position in positions]


class _Nodes:
    """What is below one node; each part is found when it is first asked for."""

    __slots__ = ("_blocks", "_called", "_everything", "_own", "_parents", "_root")

    def __init__(self, root: ast.AST) -> None:
        self._root = root
        self._everything: _Found | None = None
        self._own: _Found | None = None
        self._parents: Parents | None = None
        self._called: frozenset[str] | None = None
        self._blocks: list[Block] | None = None

    @property
    def everything(self) -> _Found:
        if self._everything is None:
            self._find()
            assert self._everything is not None
        return self._everything

    @property
    def own(self) -> _Found:
        if self._own is None:
            self._find()
            assert self._own is not None
        return self._own

    def _find(self) -> None:
        """Go through the tree once, for all nodes and for the own ones."""
        body = getattr(self._root, "body", [])
        statements = body if isinstance(body, list) else [body]
        own, inner = _below(statements)
        run_here = set(statements)
        rest = [each for each in children(self._root) if each not in run_here]
        self._own = _Found(own)
        self._everything = _Found((self._root, *inner, *_all_below(rest)))

    @property
    def parents(self) -> Parents:
        if self._parents is None:
            nodes = self.everything.nodes
            self._parents = {child: node for node in nodes for child in children(node)}
        return self._parents

    @property
    def blocks(self) -> list[Block]:
        if self._blocks is None:
            self._blocks = list(_blocks_below(self._root))
        return self._blocks

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
    return _below(children(root))[0]


def blocks_below(root: ast.AST) -> list[Block]:
    """Every list of statements in and below a node, nested functions and classes included."""
    return _nodes(root).blocks


def types_below(root: ast.AST) -> KeysView[type[ast.AST]]:
    """The types of all nodes in and below a node."""
    return _nodes(root).everything.types


def called_names(root: ast.AST) -> frozenset[str]:
    """The last names of everything that is called in a node: `c` of `a.b.c()`."""
    return _nodes(root).called


def calls_run_by(root: ast.AST) -> Iterator[ast.Call]:
    """The calls in and below a node that are run with it; nested functions are not entered."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if node is root or not isinstance(node, SCOPES):
            waiting += [each for each in children(node) if _FIELDS[type(each)]]


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


def forget(root: ast.AST) -> None:
    """Forget what was found out about a function, class or module, because its tree changes."""
    vars(root).pop(_ATTRIBUTE, None)


def _nodes(root: ast.AST) -> _Nodes:
    """What is known of a node; kept where it is asked for again."""
    if type(root) not in _KEPT:
        return _Nodes(root)
    known: _Nodes | None = vars(root).get(_ATTRIBUTE)
    if known is None:
        known = vars(root)[_ATTRIBUTE] = _Nodes(root)
    return known


def _below(roots: Sequence[ast.AST]) -> tuple[list[ast.AST], list[ast.AST]]:
    """Nodes and everything below them, in source order.

    Twice: without what is in nested functions and classes, and with it.
    """
    outer: list[ast.AST] = []
    found: list[ast.AST] = []
    waiting: list[ast.AST | None] = list(reversed(roots))
    depth = 0
    while waiting:
        node = waiting.pop()
        if node is None:
            depth -= 1
            continue
        found.append(node)
        if not depth:
            outer.append(node)
        kind = type(node)
        if _FIELDS[kind]:
            if kind in _SCOPE_TYPES:
                waiting.append(None)
                depth += 1
            inner = children(node)
            inner.reverse()
            waiting += inner
    return outer, found


def _all_below(roots: Sequence[ast.AST]) -> list[ast.AST]:
    return _below(roots)[1]


def _blocks_below(root: ast.AST) -> Iterator[Block]:
    """Every list of statements in and below a node; expressions are not looked at."""
    waiting: list[ast.AST] = [root]
    while waiting:
        node = waiting.pop()
        held = vars(node)
        for field in _HOLDING:
            inner = held.get(field)
            if type(inner) is list and inner:
                if isinstance(inner[0], ast.stmt):
                    yield node, inner
                waiting += inner


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
