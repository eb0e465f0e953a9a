"""The same shapes where no clock is read, or not by what the workflow makes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import singledispatch, singledispatchmethod
from typing import Any

import attrs
from dbos import DBOS
from pydantic import BaseModel, field_validator


class Booking(BaseModel):
    day: date
    seats: int = 1

    @field_validator("seats")
    @classmethod
    def some(cls, value: int) -> int:
        if value < 1:
            raise ValueError("none")
        return value


class Stamped(BaseModel):
    day: date

    @field_validator("day")
    @classmethod
    def not_past(cls, value: date) -> date:
        return max(value, date.today())


@attrs.define
class Trip:
    number: int = attrs.field()

    @number.default
    def _number(self) -> int:
        return time.time_ns()


class Positive:
    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = "_" + name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else getattr(instance, self.slot)

    def __set__(self, instance: Any, value: int) -> None:
        setattr(instance, self.slot, abs(value))


class Parcel:
    weight = Positive()

    def __init__(self, weight: int) -> None:
        self.weight = weight


@dataclass
class Text:
    body: str


@dataclass
class Tick:
    body: str


@singledispatch
def show(part: object) -> str:
    return "?"


@show.register
def _(part: Text) -> str:
    return part.body


@show.register(Tick)
def show_tick(part: Tick) -> str:
    return part.body + time.ctime()


class Printer:
    @singledispatchmethod
    def show(self, part: object) -> str:
        return "?"

    @show.register
    def _(self, part: Text) -> str:
        return part.body

    @show.register
    def _(self, part: Tick) -> str:
        return time.ctime()


@DBOS.step()
def stamp(day: int) -> str:
    return Stamped(day=date.fromordinal(day + 1)).day.isoformat() + show(Tick("now")) + Printer().show(Tick("now"))


@DBOS.workflow()
def book(day: int) -> int:
    stamp(day)
    return Booking(day=date.fromordinal(day + 1)).seats


@DBOS.workflow()
def travel() -> int:
    return Trip(3).number


@DBOS.workflow()
def weigh() -> str:
    parcel = Parcel(3)
    parcel.weight = 4
    return str(parcel.weight)


@DBOS.workflow()
def print_text() -> str:
    return show(Text("now")) + Printer().show(Text("then"))
