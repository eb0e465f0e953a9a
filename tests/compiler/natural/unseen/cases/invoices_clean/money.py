"""Money and tax: nothing here depends on the machine."""

from __future__ import annotations

import hashlib
import struct
import zlib
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property, total_ordering
from typing import Final, Iterator, Mapping, NamedTuple
from zoneinfo import ZoneInfo

BERLIN: Final = ZoneInfo("Europe/Berlin")
RATES: Final[Mapping[str, Fraction]] = {"standard": Fraction(19, 100), "reduced": Fraction(7, 100)}


@total_ordering
@dataclass(frozen=True)
class Money:
    cents: int

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __mul__(self, factor: Fraction) -> Money:
        return Money(round(self.cents * factor))

    def __lt__(self, other: Money) -> bool:
        return self.cents < other.cents

    def __format__(self, spec: str) -> str:
        with localcontext() as context:
            context.prec = 12
            return f"{Decimal(self.cents) / 100:{spec or '.2f'}} EUR"


class Line(NamedTuple):
    text: str
    net: Money
    rate: str = "standard"

    @property
    def tax(self) -> Money:
        return self.net * RATES[self.rate]


@dataclass
class Invoice:
    number: str
    lines: list[Line] = field(default_factory=list)
    issued: date = date.min

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, text: object) -> bool:
        return any(line.text == text for line in self)

    @cached_property
    def total(self) -> Money:
        return sum((line.net + line.tax for line in self), start=Money(0))

    @property
    def due(self) -> datetime:
        day = self.issued + timedelta(days=30)
        return datetime.combine(day, time(12), tzinfo=BERLIN).astimezone(UTC)

    def checksum(self) -> str:
        packed = struct.pack(">q", self.total.cents) + self.number.encode()
        return f"{zlib.crc32(packed):08x}{hashlib.sha256(packed).hexdigest()[:8]}"


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
