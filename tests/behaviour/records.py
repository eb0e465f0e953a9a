"""The types of the codec tests, importable so that any process can load them.

In: nothing. Out: plain value types. It never imports the runtime.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Colour(enum.Enum):
    """Plain members."""

    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    """Members that are numbers."""

    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Address:
    """A frozen value."""

    city: str
    lines: tuple[str, ...] = ()


@dataclass
class Order:
    """A value that holds others."""

    number: int
    address: Address
    colours: list[Colour] = field(default_factory=list)


class Pair(NamedTuple):
    """A tuple with names."""

    left: Any
    right: Any


class Refused(Exception):
    """An error with one argument."""


class Shortage(Exception):
    """An error whose constructor takes other arguments than it passes on."""

    def __init__(self, item: str, missing: int) -> None:
        super().__init__(f"{missing} of {item} missing")
        self.item = item
        self.missing = missing


class Keyword(Exception):
    """An error that is built with a keyword only."""

    def __init__(self, *, code: int) -> None:
        super().__init__()
        self.code = code
