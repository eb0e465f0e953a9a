import asyncio

import asyncpg
from dbos import DBOS
from trains.pool import Pool, get_pool


async def free_seats(pool: asyncpg.Pool, train: str) -> list[int]:
    async with pool.acquire() as connection:  # flags: DBS205
        rows = await connection.fetch("select seat from seats where train = $1", train)  # flags: DBS205
    return [row["seat"] for row in rows]


@DBOS.step()
async def hold(train: str, seat: int) -> bool:
    pool = await get_pool()
    return bool(await free_seats(pool, train))


@DBOS.workflow()
async def reserve(train: str) -> int | None:
    pool = await get_pool()
    for seat in await free_seats(pool, train):
        if await hold(train, seat):
            return seat
    return None
