"""Parsing a text again after an edit: the statements that did not change keep their trees.

In: a source, and the module that its text was before. Out: the module that `parse` would give; its
tree shares the statements of the top level before the edit, and those behind it as long as they
stay on their lines. Whoever keeps what he found out with a tree need not find it out again; a tree
in which nothing changed is the very same. Never does: change a tree that somebody has, or decide
what a text means: where it is not plain that the edit ends with a statement, all is parsed.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import replace

from dbos_build.parsing import parse_module
from dbos_build.reading.module import Module, is_too_large, parse
from dbos_build.reading.sources import Source
from dbos_build.reading.suppressions import collect


def reparse(source: Source, before: Module) -> Module:
    """The module of a source, whose text was that of `before` until a moment ago."""
    tree = before.tree
    text = source.text
    is_same_file = (source.module, source.path, source.is_package) == (
        before.name,
        before.path,
        before.is_package,
    )
    if tree is None or text is None or not is_same_file:
        return parse(source)
    if "\x00" in text or is_too_large(text):
        return parse(source)
    body = _shared(tree.body, before.text.split("\n"), text.split("\n"))
    if body is None:
        return parse(source)
    if body is not tree.body:
        tree = ast.Module(body=body, type_ignores=[])
    return replace(before, text=text, tree=tree, suppressions=collect(text))


def _shared(body: list[ast.stmt], old: list[str], new: list[str]) -> list[ast.stmt] | None:
    """The statements of the new lines, as far as possible the same; None when they do not parse."""
    above, below = cut(body, old, new)
    start = _end(body, above)
    stop = len(new)
    if len(old) != len(new):
        below = len(body)
    elif below < len(body):
        stop = _end(body, below)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Empty lines put the statements where they are in the file.
            middle = parse_module("\n" * start + "\n".join(new[start:stop])).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if is_equal(middle, body[above:below]):  # Only white space or a comment was edited.
        return body
    return [*body[:above], *middle, *body[below:]]


def cut(body: list[ast.stmt], old: list[str], new: list[str]) -> tuple[int, int]:
    """How many statements surely end above the lines that differ, and the first one below them."""
    least = min(len(old), len(new))
    head = 0
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    above = _above(body, old, head)
    return above, _below(body, old, len(old) - tail, above)


def is_equal(one: object, other: object) -> bool:
    """Whether trees, or lists of them, say the same at the same places."""
    waiting = [(one, other)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            waiting += zip(left, right, strict=True)
        elif isinstance(left, ast.AST) and isinstance(right, ast.AST):
            if any(getattr(left, each, 0) != getattr(right, each, 0) for each in left._attributes):
                return False
            waiting += [(getattr(left, each), getattr(right, each)) for each in left._fields]
        elif left != right:
            return False
    return True


def _above(body: list[ast.stmt], lines: list[str], head: int) -> int:
    """How many statements end before the edit, on lines that hold nothing else behind them."""
    count = 0
    for position in range(len(body)):
        if _end(body, position + 1) > head:
            break
        if _is_border(body, lines, position + 1):
            count = position + 1
    return count


def _below(body: list[ast.stmt], lines: list[str], first: int, above: int) -> int:
    """The first statement with nothing but unchanged lines since the end of the one before it."""
    found = len(body)
    for position in range(len(body) - 1, above, -1):
        if _end(body, position) < first:
            break
        if _is_border(body, lines, position):
            found = position
    return found


def _end(body: list[ast.stmt], count: int) -> int:
    """The line on which the first so many statements end; 0 for none."""
    return (body[count - 1].end_lineno or 0) if count else 0


def _is_border(body: list[ast.stmt], lines: list[str], count: int) -> bool:
    """Whether the text can be cut behind the first so many statements: the line ends with them."""
    end = _end(body, count)
    if count < len(body) and body[count].lineno <= end:
        return False  # `a; b`
    return not lines[end - 1].endswith("\\")


__all__ = ["cut", "is_equal", "reparse"]
