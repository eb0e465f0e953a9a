"""How wide text is when it is drawn, and cutting it to fit.

In: text and a font. Out: widths in pixels, and lines that fit a width. The widths are those of
Helvetica, which Arial, Liberation Sans and most system fonts share within a few percent, with some
room on top. Never: asks the machine which fonts it has, so a picture is the same everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dbos_build.report.plain import plain

_ASCII = (
    (191, "'"),
    (222, "ijl"),
    (260, "|"),
    (278, " !,./:;I[\\]ft"),
    (333, "()-`r"),
    (334, "{}"),
    (355, '"'),
    (389, "*"),
    (469, "^"),
    (500, "Jckvsxyz"),
    (556, "#$0123456789?L_abdeghnopqu"),
    (584, "+<=>~"),
    (611, "FTZ"),
    (667, "&ABEKPSVXY"),
    (722, "CDHNRUw"),
    (778, "GOQ"),
    (833, "Mm"),
    (889, "%"),
    (944, "W"),
    (1015, "@"),
)
_THOUSANDTHS = {character: width for width, group in _ASCII for character in group}
_OTHER = 667
_WIDE = 1060
_MONOSPACE = 0.61
_MARGIN = 1.05
_PARTS = re.compile(r"[^\s_.,(=/-]*[\s_.,(=/-]?")
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Font:
    """A font: its size in pixels, the extra room after each character, how much wider bold is."""

    size: float
    is_monospace: bool = False
    spacing: float = 0.0
    factor: float = 1.0


def width(text: str, font: Font) -> float:
    """How many pixels a line of text takes."""
    total = 0.0
    for character in text:
        if unicodedata.combining(character):
            continue
        if unicodedata.east_asian_width(character) in "WF":
            part = _WIDE / 1000
        elif font.is_monospace:
            part = _MONOSPACE
        else:
            part = _THOUSANDTHS.get(character, _OTHER) / 1000
        total += part * font.size + font.spacing
    return total * font.factor * _MARGIN


def one_line(text: str) -> str:
    """The text on one line, with spaces for breaks and escapes for what would not be seen."""
    return plain(" ".join(text.split()))


def wrapped(text: str, font: Font, limit: float, lines: int) -> tuple[str, ...]:
    """The text in at most so many lines no wider than `limit`; an ellipsis says that there is more.

    Lines are broken behind spaces and the punctuation of code, inside words only when one alone is
    too wide.
    """
    rest = one_line(text)
    found: list[str] = []
    while rest and len(found) < lines - 1:
        head = _head(rest, font, limit)
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    if rest:
        found.append(cut(rest, font, limit))
    return tuple(found)


def cut(text: str, font: Font, limit: float) -> str:
    """The beginning of a line that fits, with an ellipsis when that is not all."""
    if width(text, font) <= limit:
        return text
    return _prefix(text, font, limit - width(ELLIPSIS, font)).rstrip() + ELLIPSIS


def _head(text: str, font: Font, limit: float) -> str:
    """The parts of a line that fit; at least one character."""
    if width(text.rstrip(), font) <= limit:
        return text
    head = ""
    for part in _PARTS.findall(text):
        if width((head + part).rstrip(), font) > limit:
            break
        head += part
    return head or _prefix(text, font, limit)


def _prefix(text: str, font: Font, limit: float) -> str:
    """The characters that fit; at least one, with what combines with it."""
    end = 1
    while end < len(text) and (
        unicodedata.combining(text[end]) or width(text[: end + 1], font) <= limit
    ):
        end += 1
    return text[:end]
