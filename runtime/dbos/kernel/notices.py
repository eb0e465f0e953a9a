"""What processes tell each other: the text of one notification.

In: wake-up keys. Out: payloads short enough for Postgres, and what such a payload means. Never
sends anything: that is ``system.listener``.

A payload that cannot be read, or too many keys at once, means that everyone should look: a
needless look is harmless, a missing one is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dbos.kernel.wakes import Key

# Postgres refuses payloads of 8,000 bytes and more.
LONGEST_PAYLOAD = 7_800
MOST_PAYLOADS = 8

Kind = Literal["hello", "here", "bye", "probe", "wake", "everyone"]
_KINDS: dict[str, Kind] = {
    kind: kind for kind in ("hello", "here", "bye", "probe", "wake", "everyone")
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told. ``keys`` belong to ``wake``, ``word`` to ``probe``."""

    kind: Kind
    keys: tuple[Key, ...] = ()
    word: str = ""


def spell(kind: Kind, word: str = "") -> str:
    """The payload of a notice without keys."""
    return json.dumps([kind, word])


def wake_payloads(keys: Iterable[Key]) -> list[str]:
    """The fewest payloads that name all keys; one that names everyone when they are too many."""
    payloads: list[str] = []
    batch: list[str] = []
    length = 0
    for key in sorted(set(keys)):
        text = json.dumps(key, separators=(",", ":"))
        if len(text) > LONGEST_PAYLOAD - 20:
            return [spell("everyone")]
        if length + len(text) > LONGEST_PAYLOAD - 20:
            payloads.append(_join(batch))
            batch, length = [], 0
        batch.append(text)
        length += len(text) + 1
    if batch:
        payloads.append(_join(batch))
    return payloads if len(payloads) <= MOST_PAYLOADS else [spell("everyone")]


def _join(texts: list[str]) -> str:
    return f'["wake",[{",".join(texts)}]]'


def read(payload: str) -> Notice:
    """What a payload says; ``everyone`` when it comes from a release that speaks differently."""
    try:
        said, rest = json.loads(payload)
        kind = _KINDS[said]
        if kind == "wake":
            return Notice(kind, keys=tuple(tuple(str(part) for part in key) for key in rest))
        return Notice(kind, word=str(rest))
    except (ValueError, TypeError, KeyError):
        return Notice("everyone")
