"""Cron expressions: whether one can be right.

In: the text of an expression with five fields, or six with seconds first. Out: what is wrong with
it, or None. Never does: compute times.
"""

from __future__ import annotations

import re

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("second", 0, 59, []),
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of the month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_PART = re.compile(r"(?P<first>\*|\?|[a-z0-9]+)(?:-(?P<last>[a-z0-9]+))?(?:/(?P<step>\d+))?")
_SPECIAL = re.compile(r"l|lw|\d{1,2}w|l-\d{1,2}|[a-z0-9]+#[1-5]|l?[a-z0-9]{1,3}l?|r|h(\(.*\))?")
_NAMES = frozenset(
    {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
)


def problem(text: str) -> str | None:
    """What is wrong with a cron expression, if anything."""
    if text.strip().lower() in _NAMES:
        return None
    fields = text.lower().split()
    if len(fields) not in {5, 6}:
        return f"the cron expression {text!r} has {len(fields)} fields; 5 are needed, or 6"
    for field, (name, least, most, words) in zip(fields, _FIELDS[6 - len(fields) :], strict=True):
        for part in field.split(","):
            if not _is_valid(part, least, most, words):
                return f"{part!r} is no {name} in the cron expression {text!r}"
    return None


def _is_valid(part: str, least: int, most: int, words: list[str]) -> bool:
    """Whether one part of a field is in range."""
    match = _PART.fullmatch(part)
    if match is None:
        return _SPECIAL.fullmatch(part) is not None and bool(part)
    if match["step"] is not None and int(match["step"]) == 0:
        return False
    for text in (match["first"], match["last"]):
        if text in {None, "*", "?"} or text in words:
            continue
        if not text.isdigit():
            return _SPECIAL.fullmatch(part) is not None and any(c.isdigit() for c in part)
        if not least <= int(text) <= most:
            return False
    return True
