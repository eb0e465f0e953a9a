"""What callers give, checked before anything is written: texts and numbers of seconds.

In: a value and what to call it in errors. Out: the value, or ``DBOSException``. Never changes a
text and never rounds a number.
"""

from __future__ import annotations

import math

from dbos.error import DBOSException

LARGEST_ID = 512


def valid_text(value: object, what: str, *, longest: int = LARGEST_ID) -> str:
    """``value`` when it can be stored alike in every database.

    Raises ``DBOSException`` for anything but non-empty text without NUL and lone surrogates.
    """
    if not isinstance(value, str):
        raise DBOSException(f"{what} must be text, not {type(value).__name__}")
    if not value.strip():
        raise DBOSException(f"{what} must not be empty")
    if len(value) > longest:
        raise DBOSException(f"{what} is longer than {longest} characters: {value[:40]!r}…")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise DBOSException(f"{what} holds a character that cannot be stored: {value[:80]!r}")
    return value


def valid_seconds(
    value: object, what: str, *, positive: bool = False, finite: bool = False
) -> float:
    """``value`` as a number of seconds, or ``DBOSException``; never NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise DBOSException(f"{what} must be a number of seconds, not {value!r}")
    if finite and math.isinf(value):
        raise DBOSException(f"{what} must be finite, not {value!r}")
    if positive and value <= 0:
        raise DBOSException(f"{what} must be more than 0 seconds, not {value!r}")
    return float(value)
