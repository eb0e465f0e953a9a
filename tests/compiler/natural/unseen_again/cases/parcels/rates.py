from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cmp_to_key, reduce, singledispatch
from pathlib import Path
from time import time

Rule = Callable[["Parcel"], int]
RULES: list[Rule] = []


def rule(weight: int = 1) -> Callable[[Rule], Rule]:
    def add(function: Rule) -> Rule:
        RULES.append(lambda parcel: weight * function(parcel))
        return function

    return add


class Size(Enum):
    SMALL = 1
    LARGE = 2

    @classmethod
    def of(cls, volume: int) -> Size:
        return cls.LARGE if volume > 10 else cls.SMALL


@dataclass(frozen=True)
class Parcel:
    code: str
    volume: int

    @property
    def size(self) -> Size:
        return Size.of(self.volume)


@dataclass(frozen=True)
class Letter(Parcel):
    stamp: str = ""


@rule(weight=2)
def by_volume(parcel: Parcel) -> int:
    return parcel.volume * parcel.size.value


@rule()
def by_rush(parcel: Parcel) -> int:
    return int(time()) % 2  # flags: DBS001


def by_table(parcel: Parcel) -> int:
    return int(json.loads(Path("rates.json").read_text())[parcel.code])


def total(parcel: Parcel) -> int:
    return reduce(operator.add, (each(parcel) for each in RULES), 0)


def compare(left: Parcel, right: Parcel) -> int:
    return left.volume - right.volume


def ranked(parcels: Iterable[Parcel]) -> list[Parcel]:
    return sorted(parcels, key=cmp_to_key(compare))


@singledispatch
def label(thing: object) -> str:
    return repr(thing)


@label.register
def _(thing: Parcel) -> str:
    return f"P-{thing.code}"
