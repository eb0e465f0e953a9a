"""Stored data for people and for scripts: text that only ever shows, and JSON that anybody reads.

In: names, times and decoded values. Out: text. Never lets a control or direction character steer a
terminal or turn a line around, and never fails on a value that JSON does not have.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TOO_DEEP = "nested too deeply to be shown"
# Embeddings and overrides, isolates, and the marks that change direction without being seen.
_DIRECTIONS = frozenset((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C))


def plain(text: str) -> str:
    """The text with control and direction characters spelled out, so that it only ever shows."""
    return "".join(
        letter
        if letter == "\n" or (letter.isprintable() and ord(letter) not in _DIRECTIONS)
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def moment(epoch_ms: int | None) -> str:
    """A time in epoch milliseconds for people, in UTC; "" for none, the number when it is none."""
    if epoch_ms is None:
        return ""
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(epoch_ms)


def to_json(value: Any, *, ascii_only: bool = True) -> str:
    """A value as JSON that every parser takes; what JSON cannot say becomes text."""
    try:
        return json.dumps(tree(value), indent=2, ensure_ascii=ascii_only)
    except RecursionError:
        return json.dumps(TOO_DEEP)


def tree(value: Any) -> Any:
    """A value made of nothing but what JSON has."""
    if value is None or isinstance(value, str | bool | int):
        return value if type(value) in (type(None), str, bool, int) else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(key): tree(of) for key, of in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [tree(item) for item in value]
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: tree(getattr(value, one.name)) for one in dataclasses.fields(value)}
    return str(value)
