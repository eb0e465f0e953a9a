from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import cattrs
import msgspec
import orjson
from dbos import DBOS
from toolz import compose, pipe

converter = cattrs.Converter()


class Reading(msgspec.Struct):
    sensor: str
    value: float
    taken: float = msgspec.field(default_factory=time.time)


def decode(raw: bytes) -> Reading:
    return msgspec.json.decode(raw, type=Reading)


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Europe/Zurich"))


def here(moment: datetime) -> datetime:
    return moment.astimezone()  # flags: DBS005


def stamp(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "at": datetime.now(ZoneInfo("UTC")).isoformat()}  # flags: DBS001


@DBOS.step()
def save(text: str) -> str:
    return text


normalize = compose(str.strip, str.lower)


@DBOS.workflow()
def take(raw: bytes, moment: datetime) -> str:
    reading = decode(raw)
    text = orjson.dumps(converter.unstructure({"v": reading.value})).decode()
    return save(pipe(text, normalize) + local(moment).isoformat())


@DBOS.workflow()
def take_stamped(sensor: str, moment: datetime) -> str:
    reading = Reading(sensor, 1.0)  # flags: DBS006
    row = pipe({"sensor": reading.sensor}, stamp)
    return save(str(row) + here(moment).isoformat())
