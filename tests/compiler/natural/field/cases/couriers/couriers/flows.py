import asyncio

from dbos import DBOS

import couriers.geo as geo
from couriers.geo import Position


@DBOS.step()
async def position(courier: str) -> Position:
    return Position(1.0, 2.0)


@DBOS.step()
async def offer(courier: str, parcel: str) -> bool:
    return courier > parcel


@DBOS.workflow()
async def assign(parcel: str, couriers: set[str]) -> str | None:
    found = await asyncio.gather(*[position(c) for c in couriers])  # flags: DBS403 DBS501
    nearest = sorted(zip(sorted(couriers), found, strict=True), key=lambda pair: geo.distance(pair[1]))
    for courier, _where in nearest:
        if await offer(courier, parcel):
            return courier
    return None


@DBOS.workflow()
async def race(parcel: str, couriers: list[str]) -> str:
    tasks = [asyncio.create_task(offer(c, parcel)) for c in couriers]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # flags: DBS404
    for task in pending:
        task.cancel()
    return str(done.pop().result())  # flags: DBS502


@DBOS.workflow()
async def proper_race(parcel: str, couriers: list[str]) -> bool:
    tasks = [asyncio.create_task(offer(c, parcel)) for c in couriers]
    done, _pending = await DBOS.asyncio_wait(tasks, return_when="FIRST_COMPLETED")
    return any(task.result() for task in done)
