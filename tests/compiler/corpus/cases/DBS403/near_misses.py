"""A gather that waits for all, or that gathers nothing durable."""

import asyncio
from asyncio import gather

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return f"reserved {name}"


@DBOS.step()
async def reserve_all(names: list[str]) -> list[str]:
    return await asyncio.gather(*(pure(name) for name in names))


async def pure(name: str) -> str:
    return name.upper()


class Harvest:
    async def gather(self, *names: str) -> list[str]:
        return list(names)


@DBOS.workflow()
async def with_the_flag(names: list[str]) -> list[object]:
    return await asyncio.gather(*map(reserve, names), return_exceptions=True)


@DBOS.workflow()
async def flag_in_a_variable(names: list[str]) -> list[object]:
    options = {"return_exceptions": True}
    return await gather(*map(reserve, names), **options)


@DBOS.workflow()
async def nothing_durable(names: list[str]) -> list[str]:
    first = await reserve(names[0])
    return [first, *await gather(*(pure(name) for name in names))]


@DBOS.workflow()
async def in_a_step(names: list[str]) -> list[str]:
    return await reserve_all(names)


@DBOS.workflow()
async def own_gather(name: str) -> list[str]:
    return await Harvest().gather(await reserve(name), name)


@DBOS.workflow()
async def one_after_another(names: list[str]) -> list[str]:
    return [await reserve(name) for name in names]
