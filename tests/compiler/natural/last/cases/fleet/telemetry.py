from __future__ import annotations

import abc
import functools
import math
import typing as t
from dataclasses import dataclass, field

import numpy as np
import redis.asyncio as redis

Point = t.NamedTuple("Point", [("lat", float), ("lon", float)])


@dataclass
class Track:
    points: list[Point] = field(default_factory=list)

    def length(self) -> float:
        return sum(math.dist(a, b) for a, b in zip(self.points, self.points[1:]))

    def noisy(self, sigma: float) -> np.ndarray:
        return np.array(self.points) + np.random.normal(0, sigma, (len(self.points), 2))  # flags: DBS101

    def resample(self, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return rng.choice(np.array(self.points), size=10)


class PositionStore(abc.ABC):
    @abc.abstractmethod
    async def last(self, vehicle: str) -> Point | None: ...


class RedisStore(PositionStore):
    def __init__(self, url: str) -> None:
        self._redis = redis.from_url(url)

    async def last(self, vehicle: str) -> Point | None:
        raw = await self._redis.hgetall(f"pos:{vehicle}")  # flags: DBS202
        return Point(float(raw[b"lat"]), float(raw[b"lon"])) if raw else None


class FixedStore(PositionStore):
    def __init__(self, positions: dict[str, Point]) -> None:
        self._positions = positions

    async def last(self, vehicle: str) -> Point | None:
        return self._positions.get(vehicle)


@functools.lru_cache(maxsize=1)
def store() -> PositionStore:
    return RedisStore("redis://localhost")
