from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from dbos import DBOS


@DBOS.step()
async def one(x: int) -> int:
    return x


@DBOS.step()
async def two(x: int) -> int:
    return x


async def both(x: int) -> int:
    return await one(x) + await two(x)


async def single(x: int) -> int:
    return await one(x) * 2


async def pure(x: int) -> int:
    return x * 2


@DBOS.workflow()
async def fine(xs: list[int]) -> list[int]:
    a = await asyncio.gather(*(single(x) for x in xs), return_exceptions=True)
    b = await asyncio.gather(*(pure(x) for x in xs))
    tasks = [asyncio.create_task(one(x)) for x in xs]
    c = await asyncio.gather(*tasks, return_exceptions=True)
    return [*a, *b, *c]


@DBOS.workflow()
async def interleaved(xs: list[int]) -> list[int]:
    jobs: list[Awaitable[int]] = [both(x) for x in xs]
    return await asyncio.gather(*jobs, return_exceptions=True)  # flags: DBS402


@DBOS.workflow()
async def fragile(x: int) -> int:
    left, right = await asyncio.gather(one(x), two(x))  # flags: DBS403
    return left + right


@DBOS.workflow()
async def dropped(x: int) -> int:
    asyncio.create_task(both(x))  # flags: DBS405
    return await one(x)


@DBOS.workflow()
async def not_awaited(x: int) -> int:
    value = one(x)  # flags: DBS406
    return x


@DBOS.workflow()
async def awaited_later(x: int) -> int:
    value = one(x)
    return await value


@DBOS.workflow()
async def first(xs: list[int]) -> int:
    for done in asyncio.as_completed([one(x) for x in xs]):  # flags: DBS404
        return await done
    return 0


@DBOS.workflow()
async def group(xs: list[int]) -> int:
    async with asyncio.TaskGroup() as tasks:
        left = tasks.create_task(one(xs[0]))
        right = tasks.create_task(two(xs[1]))
    return left.result() + right.result()
