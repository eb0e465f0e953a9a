"""A gather that gives up at the first failure: how far the others came is a matter of time."""

import asyncio
from asyncio import gather

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return f"reserved {name}"


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


async def all_of(names: list[str]) -> list[str]:
    return await gather(*(reserve(name) for name in names))  # flags: DBS403:warning


class Shop:
    async def open(self, name: str) -> list[str]:
        return await asyncio.gather(reserve(name), charge(name))  # flags: DBS403:warning


@DBOS.workflow()
async def both(name: str) -> list[str]:  # unseen: failure
    return await asyncio.gather(reserve(name), charge(name))  # flags: DBS403:warning


@DBOS.workflow()
async def many(names: list[str]) -> list[str]:  # unseen: failure
    return await gather(*[charge(name) for name in names])  # flags: DBS403:warning


@DBOS.workflow()
async def by_helper(names: list[str]) -> list[str]:  # unseen: failure
    return await all_of(names)


@DBOS.workflow()
async def by_method(name: str) -> list[str]:  # unseen: failure
    return await Shop().open(name)


@DBOS.workflow()
async def said_no(name: str) -> list[str]:  # unseen: failure
    return await gather(reserve(name), charge(name), return_exceptions=False)  # flags: DBS403:warning


@DBOS.workflow()
async def tasks_first(names: list[str]) -> list[str]:  # unseen: failure
    tasks = [asyncio.create_task(reserve(name)) for name in names]
    return await asyncio.gather(*tasks)  # flags: DBS403:warning
