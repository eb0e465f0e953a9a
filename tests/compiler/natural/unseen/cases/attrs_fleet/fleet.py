from __future__ import annotations

import math
import random
import socket
import uuid
from datetime import datetime, timezone
from enum import StrEnum
from typing import Any

import attrs
import cattrs
import orjson
from attrs import Factory, define, field, frozen, validators
from dbos import DBOS, Queue
from ulid import ULID

converter = cattrs.Converter()
dispatching = Queue("dispatching", priority_enabled=True)


class Fuel(StrEnum):
    DIESEL = "diesel"
    POWER = "power"


@frozen
class Position:
    lat: float = field(validator=validators.instance_of(float))
    lon: float

    def distance(self, other: Position) -> float:
        return math.hypot(self.lat - other.lat, self.lon - other.lon)


@define
class Truck:
    plate: str = field(converter=str.upper)
    fuel: Fuel = Fuel.DIESEL
    position: Position = Factory(lambda: Position(0.0, 0.0))
    trips: list[str] = Factory(list)


@define(kw_only=True)
class Trip:
    truck: str
    id: str = field(factory=lambda: str(ULID()))
    begun: datetime = field()
    host: str = socket.gethostname()
    weight: int = attrs.field(default=0, validator=[validators.ge(0)])

    @begun.default
    def _begun(self) -> datetime:
        return datetime.now(timezone.utc)  # flags: DBS001


@define
class Plan:
    truck: Truck
    stops: list[Position]
    seed: int = 1

    def __attrs_post_init__(self) -> None:
        rng = random.Random(self.seed)
        rng.shuffle(self.stops)

    def length(self) -> float:
        return sum(a.distance(b) for a, b in zip(self.stops, self.stops[1:]))


@DBOS.step()
def announce(trip: dict[str, Any]) -> str:
    return orjson.dumps(trip).decode()


@DBOS.step()
def assign(plate: str) -> dict[str, Any]:
    return attrs.asdict(Trip(truck=plate))


@DBOS.workflow()
def plan(raw: dict[str, Any]) -> float:
    truck = converter.structure(raw, Truck)
    made = Plan(truck, [Position(1.0, 2.0), Position(3.0, 4.0)])
    evolved = attrs.evolve(truck, fuel=Fuel.POWER)
    announce(converter.unstructure(evolved))
    return round(made.length(), 3)


@DBOS.workflow()
def dispatch(plate: str) -> str:
    trip = Trip(truck=plate)  # flags: DBS104
    return announce(attrs.asdict(trip))


@DBOS.workflow()
def dispatch_given(plate: str, at: datetime) -> str:
    trip = Trip(truck=plate, id=str(uuid.uuid5(uuid.NAMESPACE_DNS, plate)), begun=at)  # maybe: DBS302 DBS303
    return announce({"id": trip.id, "begun": trip.begun.isoformat()})


@DBOS.workflow()
def choose(trucks: list[Truck], at: Position) -> str:
    nearest = min(trucks, key=lambda truck: truck.position.distance(at))
    luck = min(trucks, key=lambda truck: random.random())  # flags: DBS101
    made = assign(nearest.plate)
    return f"{made['id']} {luck.plate}"
