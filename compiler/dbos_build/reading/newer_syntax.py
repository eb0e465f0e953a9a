"""Syntax of a Python newer than the one that runs: recognised, so that the finding can say so.

In: the line that was refused, and where. Out: what the construct is called and the first Python
that has it, or None. Never does: parse; it only looks at texts that this interpreter refused.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Newer:
    """A construct and the version of Python that introduced it."""

    construct: str
    version: tuple[int, int]


_LINES = (
    (re.compile(r"\s*except\*?\s+[^\s(:][^:(]*,[^:]*:"), "`except A, B` without parentheses", 14),
    (re.compile(r"\s*(async\s+def|def|class)\s+\w+\s*\[[^\]]*="), "a type parameter default", 13),
    (re.compile(r"\s*type\s+\w+\s*\[[^\]]*=.*\]\s*="), "a type parameter default", 13),
    (re.compile(r"\s*(async\s+def|def|class)\s+\w+\s*\["), "a type parameter list", 12),
    (re.compile(r"\s*type\s+\w+\s*(\[.*\])?\s*="), "a `type` statement", 12),
    (re.compile(r"\s*lazy\s+(import|from)\s+\w"), "a lazy import", 15),
)
_TEMPLATE_PREFIX = re.compile(r"(?<![\w\"'])(t|tr|rt)$", re.IGNORECASE)
_FORMATTED = re.compile(r"(?<![\w\"'])(f|fr|rf)(?P<quote>[\"'])", re.IGNORECASE)
_FIELD = re.compile(r"\{[^{}]*\}")


def recognise(line: str, column: int, message: str) -> Newer | None:
    """What newer construct a refused line has.

    `column` counts from 1, `message` is what the parser said.
    """
    found = _template(line, column) or _formatted(line, message) or _statement(line)
    if found is None or sys.version_info[:2] >= found.version:
        return None
    return found


def _template(line: str, column: int) -> Newer | None:
    """The parser stops at the quote of `t"…"`."""
    at_quote = line[column - 1 : column] in {'"', "'"}
    if at_quote and _TEMPLATE_PREFIX.search(line[: column - 1]):
        return Newer("a template string", (3, 14))
    return None


def _formatted(line: str, message: str) -> Newer | None:
    """Quotes, backslashes and comments inside the braces of an f-string."""
    if "f-string expression part cannot include" in message:
        return Newer("an f-string with a backslash or a comment between its braces", (3, 12))
    for match in _FORMATTED.finditer(line):
        for field in _FIELD.findall(line, match.end()):
            count = field.count(match["quote"])
            if count and count % 2 == 0:
                return Newer("an f-string with its own quotes between its braces", (3, 12))
    return None


def _statement(line: str) -> Newer | None:
    for pattern, construct, minor in _LINES:
        if pattern.match(line):
            return Newer(construct, (3, minor))
    return None
