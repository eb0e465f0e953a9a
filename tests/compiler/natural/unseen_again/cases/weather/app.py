from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import redis.asyncio as redis
from dbos import DBOS
from fastapi import Depends, FastAPI
from tenacity import AsyncRetrying, stop_after_attempt

app = FastAPI()
UNITS = os.getenv("UNITS", "metric")
STATIONS = {"a": (1.0, 2.0), "b": (3.0, 4.0)}


@dataclass
class Cache:
    client: redis.Redis = field(default_factory=lambda: redis.Redis())
    hits: int = 0

    async def get(self, key: str) -> float | None:
        found = await self.client.get(key)  # flags: DBS202
        return float(found) if found else None

    def key(self, station: str, hour: int) -> str:
        return f"{station}:{hour}"


class Reading(msgspec.Struct):
    station: str
    celsius: float
    at: float = msgspec.field(default_factory=time.time)

    def fahrenheit(self) -> float:
        return self.celsius * 9 / 5 + 32

    def shown(self) -> float:
        return self.celsius if UNITS == "metric" else self.fahrenheit()  # flags: DBS302


cache = Cache()


@DBOS.step()
async def read(station: str) -> float:
    async for attempt in AsyncRetrying(stop=stop_after_attempt(3)):
        with attempt:
            return float(len(station))
    return 0.0


def hour_of(instant: datetime) -> int:
    return instant.astimezone(UTC).hour


@DBOS.workflow()
async def report(at: datetime) -> dict[str, float]:
    values = {}
    for station in STATIONS:
        celsius = await read(station)
        reading = Reading(station, celsius, at.timestamp())
        values[cache.key(station, hour_of(at))] = reading.fahrenheit()
    return values | {"mean": statistics.fmean(values.values())}


@DBOS.workflow()
async def cached_report(station: str) -> float:
    known = await cache.get(station)
    if known is not None:
        return known
    reading = Reading(station, await read(station))  # flags: DBS006
    return round(reading.shown() + reading.at, 1)


def current_cache() -> Cache:
    return cache


@app.get("/{station}")
async def show(station: str, held: Annotated[Cache, Depends(current_cache)]) -> dict[str, Any]:
    held.hits += 1
    handle = await DBOS.start_workflow_async(cached_report, station)
    return {"id": handle.workflow_id, "at": time.time(), "known": await held.get(station)}
