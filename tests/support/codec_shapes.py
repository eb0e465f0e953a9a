"""Types that the codec's tests store: importable by name, as a program's own types are."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Colour(enum.Enum):
    """An enumeration."""

    RED = "red"
    GREEN = 2


class Weight(enum.IntEnum):
    """An enumeration that is a number, too."""

    LIGHT = 1
    HEAVY = 9


class Point(NamedTuple):
    """A tuple with names."""

    x: Any
    y: Any


@dataclass(frozen=True)
class Order:
    """A value of a program."""

    name: str
    items: Any
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Slotted:
    """A value without a dictionary."""

    value: Any


class OutOfStock(Exception):
    """An error whose constructor cannot be called with its own args."""

    def __init__(self, item: str, *, wanted: int) -> None:
        super().__init__(f"{wanted} of {item}")
        self.item = item
        self.wanted = wanted
