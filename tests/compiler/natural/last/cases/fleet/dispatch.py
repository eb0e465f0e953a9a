from __future__ import annotations

import asyncio
import contextlib

from dbos import DBOS

from telemetry import FixedStore, Point, Track, store


@DBOS.step()
async def assign(vehicle: str, order: str) -> bool:
    return bool(vehicle and order)


@DBOS.step()
async def notify(vehicle: str) -> None:
    DBOS.logger.info(vehicle)


async def nearest(vehicles: list[str], to: Point) -> str | None:
    best: tuple[float, str] | None = None
    for vehicle in vehicles:
        position = await store().last(vehicle)
        if position is None:
            continue
        distance = abs(position.lat - to.lat) + abs(position.lon - to.lon)
        if best is None or distance < best[0]:
            best = (distance, vehicle)
    return best[1] if best else None


@DBOS.workflow()
async def dispatch(order: str, vehicles: list[str], to: Point) -> str | None:
    vehicle = await nearest(vehicles, to)
    if vehicle is None:
        return None
    with contextlib.suppress(asyncio.CancelledError):  # flags: DBS819
        await assign(vehicle, order)
    first = asyncio.create_task(notify(vehicle))
    await assign(vehicle, "follow-up")
    await first
    return vehicle


@DBOS.workflow()
async def simulate(points: list[Point], seed: int) -> float:
    track = Track(points)
    fixed = FixedStore({"a": points[0]})
    where = await fixed.last("a")
    sampled = track.resample(seed)
    jitter = track.noisy(0.1)
    return track.length() + float(sampled.sum()) + float(jitter.mean()) + (where.lat if where else 0)


@DBOS.workflow()
async def notify_all(vehicles: list[str]) -> int:
    done = await asyncio.gather(*map(notify, vehicles))  # flags: DBS403
    try:
        await asyncio.wait_for(assign(vehicles[0], "x"), timeout=5)  # flags: DBS004
    except asyncio.TimeoutError:  # maybe: DBS706
        await notify("timeout")
    return len(done)
