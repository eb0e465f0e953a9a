"""Positions: between the characters that findings count and the units that an editor counts.

In: texts, lines, columns from 0, and the encoding that was agreed on. Out: the same places in the
other units, and texts after an edit. Never does: fail on a place that the text does not have; it
is moved to the nearest one that it has.

Lines end where Python and the protocol say: at a line feed, a carriage return or both. A form feed
or a line separator of Unicode ends none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_LINE_END = re.compile(r"\r\n|\r|\n")


class Encoding(StrEnum):
    """What an editor counts in a line; the values are those of the protocol."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: a line and a column, both from 0, in the units at hand."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """`text` in place of everything from `start` to `end`."""

    start: Position
    end: Position
    text: str


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends; a text that ends in a line end has an empty last."""
    return _LINE_END.split(text)


def to_units(line: str, characters: int, encoding: Encoding) -> int:
    """How many units the first characters of a line take."""
    before = line[: max(characters, 0)]
    if encoding is Encoding.UTF_32 or before.isascii():
        return len(before)
    if encoding is Encoding.UTF_8:
        return len(before.encode("utf-8", "surrogatepass"))
    return len(before.encode("utf-16-le", "surrogatepass")) // 2


def to_characters(line: str, units: int, encoding: Encoding) -> int:
    """How many characters begin within the first units of a line."""
    if units <= 0:
        return 0
    if encoding is Encoding.UTF_32 or line.isascii():
        return min(units, len(line))
    taken = 0
    for number, character in enumerate(line):
        if taken >= units:
            return number
        taken += to_units(character, 1, encoding)
    return len(line)


def offset_at(text: str, position: Position, encoding: Encoding) -> int:
    """The number of characters before a position that is given in units."""
    start, line = 0, 0
    for match in _LINE_END.finditer(text):
        if line >= position.line:
            return start + to_characters(text[start : match.start()], position.column, encoding)
        start, line = match.end(), line + 1
    if line < position.line:
        return len(text)
    return start + to_characters(text[start:], position.column, encoding)


def replaced(text: str, change: Replacement, encoding: Encoding) -> str:
    """The text after an edit whose places are given in units."""
    start = offset_at(text, change.start, encoding)
    end = max(start, offset_at(text, change.end, encoding))
    return text[:start] + change.text + text[end:]


def difference(old: str, new: str, encoding: Encoding) -> Replacement | None:
    """The smallest run of whole lines whose replacement makes the new text of the old, in units.

    None when both are equal. Both texts have the same line ends.
    """
    if old == new:
        return None
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    before, after = _joined(before), _joined(after)
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    last = len(before) - tail
    text = "".join(after[head : len(after) - tail])
    return Replacement(_start_of(before, head, encoding), _start_of(before, last, encoding), text)


def _joined(parts: list[str]) -> list[str]:
    """Lines with their ends; what only Unicode takes for an end of a line is joined again."""
    lines: list[str] = []
    whole = True
    for part in parts:
        if whole:
            lines.append(part)
        else:
            lines[-1] += part
        whole = part.endswith(("\n", "\r"))
    return lines


def _start_of(lines: list[str], number: int, encoding: Encoding) -> Position:
    """Where a line starts, or where the text ends."""
    if number < len(lines) or not lines or lines[-1].endswith(("\n", "\r")):
        return Position(number, 0)
    return Position(number - 1, to_units(lines[-1], len(lines[-1]), encoding))
