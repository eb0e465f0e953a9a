"""An edit inside a function, made in the tree that is there: every other node stays what it is.

In: a module and its new text. Out: a `Renewal`, when the edit is surely inside the body of one
function; making it changes the tree and the module in place, moves what stands below, and says
which nodes moved. Never does: change anything before it is known that all of it can be done; guess:
what reaches beyond a body is no renewal, and the module has to be parsed anew.

Nodes that say the same as before stay the same objects, and so do statements and expressions that
were rewritten where they stand. So everything that is known by node stays known.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dbos_build.nodes import FUNCTIONS, children, forget
from dbos_build.parsing import parse_module
from dbos_build.reading.module import Module, is_too_large
from dbos_build.reading.reparsing import is_equal
from dbos_build.reading.suppressions import collect

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Position = tuple[int, int]
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_HEADER = ("name", "args", "decorator_list", "returns", "type_params")
_DEPTH_MAX = 150


@dataclass(frozen=True, slots=True, eq=False)
class Renewal:
    """An edit in the body of `function`, which stands in `around`, outermost first.

    `last` is the last line that belongs to the function before the edit, blank ones included.
    """

    module: Module
    text: str
    function: FunctionNode
    around: tuple[ast.AST, ...]
    made: FunctionNode
    last: int
    shift: int

    @property
    def outermost(self) -> FunctionNode:
        """The function around all others that the edit is in."""
        found = (each for each in self.around if isinstance(each, _DEFINITIONS))
        return next(found, self.function)


@dataclass(slots=True)
class Moves:
    """Where nodes went: those of the function by position, and everything below it by lines.

    `gone` are nodes that are no longer part of the tree.
    """

    first: int
    last: int
    shift: int
    inside: dict[Position, set[Position]] = field(default_factory=dict)
    gone: list[ast.AST] = field(default_factory=list)

    def of(self, line: int, column: int) -> set[Position]:
        """Where what stood at a position is now: nowhere, or at one or several others."""
        if line < self.first:
            return {(line, column)}
        if line > self.last:
            return {(line + self.shift, column)}
        return self.inside.get((line, column), set())


def renewal(module: Module, text: str) -> Renewal | None:
    """The edit that makes a module's text another one, if it is inside one function."""
    if module.tree is None or "\x00" in text or is_too_large(text):
        return None
    old, new = module.text.split("\n"), text.split("\n")
    first, last = _changed(old, new)
    found = _function_around(module.tree, first, last, old)
    if found is None:
        return None
    *around, function = found
    assert isinstance(function, _DEFINITIONS)
    end = _with_blanks(function.end_lineno or 0, old)
    shift = len(new) - len(old)
    made = _parsed(function, new[_first_line(function) - 1 : end + shift])
    if made is None or not _is_same_header(function, made) or is_too_deep(made):
        return None
    return Renewal(module, text, function, tuple(around), made, end, shift)


def renew(edit: Renewal) -> Moves:
    """Make the edit."""
    function, module = edit.function, edit.module
    first = _first_line(function)
    moves = Moves(first, edit.last, edit.shift)
    old_end = function.end_lineno or first
    for scope in (*edit.around, *_scopes_in(function)):
        forget(scope)
    if edit.shift:
        _shift_below(edit, old_end)
    take_over(function, edit.made, moves)
    for holder in edit.around:
        if isinstance(holder, ast.stmt | ast.excepthandler):
            if holder.end_lineno == old_end:
                holder.end_lineno = function.end_lineno
                holder.end_col_offset = function.end_col_offset
            else:
                holder.end_lineno = (holder.end_lineno or 0) + edit.shift
    # One object is known for the module to everybody; it changes as its tree does.
    object.__setattr__(module, "text", edit.text)
    object.__setattr__(module, "suppressions", collect(edit.text))
    return moves


def _changed(old: list[str], new: list[str]) -> tuple[int, int]:
    """The first and the last old line that changed, from 1; of mere insertions last < first."""
    least = min(len(old), len(new))
    head = 0
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head + 1, len(old) - tail


def _function_around(
    tree: ast.Module, first: int, last: int, lines: list[str]
) -> list[ast.AST] | None:
    """The innermost function whose lines hold these, behind all that it stands in."""
    way: list[ast.AST] = [tree]
    found: list[ast.AST] | None = None
    inner: ast.AST | None = tree
    while inner is not None:
        inner = next(
            (each for each in _held(inner) if _holds(each, first, last, lines)),
            None,
        )
        if inner is not None:
            way.append(inner)
            if isinstance(inner, _DEFINITIONS):
                found = list(way)
    return found


def _held(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, handlers and cases directly in a node."""
    for name in _BLOCKS:
        inner = getattr(node, name, None)
        if isinstance(inner, list):
            yield from inner


def _holds(node: ast.AST, first: int, last: int, lines: list[str]) -> bool:
    """Whether lines are inside a statement, below its first line."""
    begin, end = _span(node)
    return begin < first and max(last, first - 1) <= _with_blanks(end, lines)


def _span(node: ast.AST) -> tuple[int, int]:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, node.body[-1].end_lineno or 0
    if isinstance(node, _DEFINITIONS):
        return _first_line(node), node.end_lineno or 0
    return getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)


def _first_line(function: FunctionNode) -> int:
    return min([function.lineno, *(each.lineno for each in function.decorator_list)])


def _with_blanks(end: int, lines: list[str]) -> int:
    """A line, or the last of the blank lines behind it."""
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end


def _parsed(function: FunctionNode, lines: list[str]) -> FunctionNode | None:
    """The function that these lines are and nothing else, where it stands."""
    if lines and lines[-1].endswith("\\"):
        return None
    first = _first_line(function)
    before = "\n" * (first - 1)
    if function.col_offset:
        before = "\n" * (first - 2) + "if 1:\n"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body: list[Any] = parse_module(before + "\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if function.col_offset and len(body) == 1:
        body = [] if body[0].orelse else body[0].body
    if len(body) != 1 or type(body[0]) is not type(function):
        return None
    made: FunctionNode = body[0]
    return made


def _is_same_header(one: FunctionNode, other: FunctionNode) -> bool:
    return one.col_offset == other.col_offset and all(
        is_equal(getattr(one, name, None), getattr(other, name, None)) for name in _HEADER
    )


def is_too_deep(root: ast.AST) -> bool:
    """Whether a tree is too deep to go through by recursion."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEPTH_MAX:
            return True
        waiting += [(each, depth + 1) for each in children(node)]
    return False


def _scopes_in(root: ast.AST) -> list[ast.AST]:
    """A function, and the functions, lambdas and classes below it."""
    found = [root]
    waiting = [root]
    while waiting:
        inner = children(waiting.pop())
        found += [each for each in inner if isinstance(each, (*FUNCTIONS, ast.ClassDef))]
        waiting += inner
    return found


def _shift_below(edit: Renewal, end: int) -> None:
    """Move everything that stands below the function."""
    way = [*edit.around, edit.function]
    for holder, inside in pairwise(way):
        for child in children(holder):
            if child is not inside and getattr(child, "end_lineno", end + 1) > end:
                shift_lines(child, end, edit.shift)


def shift_lines(root: ast.AST, end: int, lines: int) -> None:
    """Move the nodes of a tree that stand below a line."""
    waiting = [root]
    while waiting:
        node: Any = waiting.pop()
        if getattr(node, "lineno", 0) > end:
            node.lineno += lines
            node.end_lineno += lines
        waiting += children(node)


def take_over(old: ast.AST, new: ast.AST, moves: Moves) -> None:
    """Make a node say what another one of its type says, where that stands."""
    for name in new._fields:
        before, now = getattr(old, name, None), getattr(new, name, None)
        if isinstance(now, list) and isinstance(before, list):
            before[:] = _joined(before, now, moves)
        else:
            setattr(old, name, _child(before, now, moves))
    if "lineno" in new._attributes and hasattr(old, "lineno"):
        there, here = _position(old), _position(new)
        moves.inside.setdefault(there, set()).add(here)
        for name in new._attributes:
            setattr(old, name, getattr(new, name, None))


def _child(before: object, now: object, moves: Moves) -> object:
    """The node of before, saying what the present one says, if it can."""
    if isinstance(before, ast.AST) and isinstance(now, ast.AST) and type(before) is type(now):
        if now._fields or now._attributes:
            take_over(before, now, moves)
            return before
        return now
    if isinstance(before, ast.AST) and (before._fields or before._attributes):
        moves.gone.append(before)
    return now


def _joined(before: list[Any], now: list[Any], moves: Moves) -> list[Any]:
    """The nodes of a list: those above and below the edit are those of before."""
    least = min(len(before), len(now))
    head = 0
    while head < least and says_the_same(before[head], now[head]):
        head += 1
    tail = 0
    while tail < least - head and says_the_same(before[-1 - tail], now[-1 - tail]):
        tail += 1
    kept = len(before) - tail
    found = [_child(one, two, moves) for one, two in zip(before[:head], now[:head], strict=True)]
    inner, changed = before[head:kept], now[head : len(now) - tail]
    if len(inner) == len(changed):
        found += [_child(one, two, moves) for one, two in zip(inner, changed, strict=True)]
    else:
        moves.gone += [each for each in inner if isinstance(each, ast.AST)]
        found += changed
    behind = zip(before[kept:], now[len(now) - tail :], strict=True)
    return found + [_child(one, two, moves) for one, two in behind]


def says_the_same(one: object, other: object) -> bool:
    """Whether trees agree, wherever they stand."""
    if isinstance(one, ast.AST):
        return type(one) is type(other) and all(
            says_the_same(getattr(one, name, None), getattr(other, name, None))
            for name in one._fields
        )
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(map(says_the_same, one, other))
        )
    return type(one) is type(other) and repr(one) == repr(other)


def _position(node: Any) -> Position:
    return node.lineno, node.col_offset


__all__ = [
    "FunctionNode",
    "Moves",
    "Renewal",
    "is_too_deep",
    "renew",
    "renewal",
    "says_the_same",
    "shift_lines",
    "take_over",
]
