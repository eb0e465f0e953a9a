"""Sequences of steps that run side by side: their steps mix in another order each time."""

import asyncio
from asyncio import gather

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return f"reserved {name}"


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


async def order(name: str) -> str:
    await reserve(name)
    return await charge(name)


async def outer(name: str) -> str:
    return await order(name)


class Shop:
    async def sell(self, name: str) -> str:
        for _ in range(2):
            await reserve(name)
        return name


@DBOS.workflow()
async def two_sequences(name: str) -> list[object]:
    return await asyncio.gather(order("a"), order("b"), order(name), return_exceptions=True)  # flags: DBS402


@DBOS.workflow()
async def many_sequences(names: list[str]) -> list[object]:
    return await gather(*(order(name) for name in names), return_exceptions=True)  # flags: DBS402


@DBOS.workflow()
async def deeper_sequences(names: list[str]) -> list[object]:
    waiting = [outer(name) for name in names]
    return await asyncio.gather(*waiting, return_exceptions=True)  # flags: DBS402


@DBOS.workflow()
async def methods(names: list[str]) -> list[object]:
    shop = Shop()
    return await asyncio.gather(*map(shop.sell, names), return_exceptions=True)  # flags: DBS402


@DBOS.workflow()
async def grouped(names: list[str]) -> int:
    async with asyncio.TaskGroup() as group:  # flags: DBS402
        for name in names:
            group.create_task(order(name))
    return len(names)


@DBOS.workflow()
async def nested_function(names: list[str]) -> list[object]:
    async def deliver(name: str) -> str:
        first = await reserve(name)
        return first + await charge(name)

    return await gather(*[deliver(name) for name in names], return_exceptions=True)  # flags: DBS402
