"""Vehicles as attrs classes: converters, validators, factories."""

from __future__ import annotations

import random
import time

import attr
import attrs
from attrs import define, field, frozen, validators
from dbos import DBOS


def _upper(text: str) -> str:
    return text.strip().upper()


@frozen
class Plate:
    text: str = field(converter=_upper, validator=validators.min_len(3))


@define
class Vehicle:
    plate: Plate
    stops: list[str] = field(factory=list)
    registered: float = field(factory=time.time)


@define
class Trip:
    vehicle: str
    number: int = field()

    @number.default
    def _number(self) -> int:
        return random.randrange(10_000)  # flags: DBS101

    def __attrs_post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("negative")


@attr.s(auto_attribs=True)
class Legacy:
    name: str
    parts: dict[str, int] = attr.Factory(dict)


@DBOS.step()
def announce(text: str) -> None:
    DBOS.logger.info(text)


@DBOS.workflow()
def register(text: str) -> str:
    vehicle = Vehicle(Plate(text))  # flags: DBS006
    announce(vehicle.plate.text)
    return vehicle.plate.text


@DBOS.workflow()
def register_at(text: str, moment: float) -> str:
    vehicle = Vehicle(Plate(text), registered=moment)
    moved = attrs.evolve(vehicle, plate=Plate("NEW-1"))
    announce(moved.plate.text)
    return str(attrs.asdict(moved))


@DBOS.workflow()
def travel(name: str) -> int:
    trip = Trip(name)
    announce(trip.vehicle)
    return trip.number


@DBOS.workflow()
def scrap(name: str) -> int:
    old = Legacy(name)
    old.parts["wheel"] = 4
    return sum(old.parts.values())
