"""What a fix wants done to a file: edits, new top-level functions, imports.

In: nothing. Out: frozen values, and the text that a set of edits makes of another. Never does:
know why a change is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dbos_build.error import BuildError

_LINE_END = re.compile(r"\r\n?|\n")


class Unfixable(BuildError):
    """A fix does not apply at this place; the message says why, to follow "not fixed: "."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]`, counted in characters; an insertion when both are equal."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name`, or `import module` when `name` is None."""

    module: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A new statement at module level, placed before the statement that starts at `offset`.

    `name` is what it binds; `text` starts at column one and ends without a line end.
    `blank_lines` separate it from what follows.
    """

    name: str
    text: str
    offset: int
    blank_lines: int = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One fix at one place. `caution` says why it must be asked for although its rule's is safe."""

    edits: tuple[Edit, ...]
    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()
    caution: str | None = None


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made; they must not overlap.

    Insertions at one place keep their order. Line ends inside edits become those of the text.
    """
    line_end = dominant_line_end(text)
    parts: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        parts.append(text[position : edit.start])
        parts.append(_LINE_END.sub(line_end, edit.text))
        position = max(position, edit.end)
    parts.append(text[position:])
    return "".join(parts)


def overlap(first: Sequence[Edit], second: Sequence[Edit]) -> bool:
    """Whether two sets of edits cannot both be made."""
    return any(_clash(one, other) for one in first for other in second)


def _clash(one: Edit, other: Edit) -> bool:
    if one.start == one.end and other.start == other.end:
        return False
    if one.start == one.end:
        return other.start < one.start < other.end
    if other.start == other.end:
        return one.start < other.start < one.end
    return one.start < other.end and other.start < one.end


def dominant_line_end(text: str) -> str:
    """The line end that a text uses most; a line feed when it has none."""
    windows = text.count("\r\n")
    unix = text.count("\n") - windows
    old = text.count("\r") - windows
    if windows > unix and windows >= old:
        return "\r\n"
    return "\r" if old > unix else "\n"
