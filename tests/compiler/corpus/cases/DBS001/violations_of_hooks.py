"""Code that runs because an object is made, or an attribute is read."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from typing import Any

import attrs
from dbos import DBOS
from pydantic import BaseModel, field_validator, model_validator


class Booking(BaseModel):
    day: date
    seats: int = 1

    @field_validator("day")
    @classmethod
    def not_past(cls, value: date) -> date:
        return max(value, date.today())  # flags: DBS001

    @model_validator(mode="after")
    def soon(self) -> Booking:
        self.seats = max(self.seats, int(time.time()) % 2)  # flags: DBS001
        return self


class Payload(BaseModel):
    text: str

    @field_validator("text")
    @classmethod
    def stamped(cls, value: str) -> str:
        return value + str(time.time_ns())  # flags: DBS001

    def age(self) -> float:
        return time.time()  # flags: DBS001


@attrs.define
class Trip:
    number: int = attrs.field()

    @number.default
    def _number(self) -> int:
        return time.time_ns()  # flags: DBS001

    def __attrs_post_init__(self) -> None:
        self.number += int(time.time())  # flags: DBS001


class Lazy:
    """A property of the project's own making."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __get__(self, instance: Any, owner: type) -> Any:
        return self.function(instance)


class Checked:
    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = "_" + name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return getattr(instance, self.slot)

    def __set__(self, instance: Any, value: int) -> None:
        setattr(instance, self.slot, value + int(time.time()))  # flags: DBS001


class Parcel:
    weight = Checked()

    @Lazy
    def age(self) -> float:
        return time.time()  # flags: DBS001


@dataclass
class Text:
    body: str


@dataclass
class Tick:
    body: str


@singledispatch
def show(part: object) -> str:
    return str(type(part))


@show.register
def _(part: Text) -> str:
    return part.body


@show.register
def _(part: Tick) -> str:
    return part.body + time.ctime()  # flags: DBS001


@DBOS.workflow()
def book(day: int) -> str:
    booking = Booking(day=date.fromordinal(day + 1))
    return f"{booking.day} {booking.seats}"


@DBOS.workflow()
def receive(text: str) -> str:
    payload = Payload.model_validate({"text": text})
    return f"{payload.text} {payload.age()}"


@DBOS.workflow()
def travel() -> int:
    return Trip().number


@DBOS.workflow()
def weigh() -> str:
    parcel = Parcel()
    parcel.weight = 3
    return f"{parcel.age} {parcel.weight}"


@DBOS.workflow()
def print_tick() -> str:
    return show(Tick("now"))
