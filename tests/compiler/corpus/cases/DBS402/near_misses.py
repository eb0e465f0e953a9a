"""Side by side, but with one durable call each, or none, or in children of their own."""

import asyncio

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return f"reserved {name}"


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


@DBOS.step()
async def whole_order(name: str) -> str:
    await reserve(name)
    return await charge(name)


@DBOS.workflow()
async def child(name: str) -> str:
    await reserve(name)
    return await charge(name)


async def pure(name: str) -> str:
    return name.upper()


async def one(name: str) -> str:
    return await reserve(name.strip())


def gather(*values: str) -> list[str]:
    return list(values)


@DBOS.workflow()
async def single_steps(name: str) -> list[object]:
    return await asyncio.gather(reserve(name), charge(name), return_exceptions=True)


@DBOS.workflow()
async def one_step_each(names: list[str]) -> list[object]:
    return await asyncio.gather(*(one(name) for name in names), return_exceptions=True)


@DBOS.workflow()
async def pure_coroutines(names: list[str]) -> list[str]:
    upper = await asyncio.gather(*(pure(name) for name in names))
    await reserve(upper[0])
    return upper


@DBOS.workflow()
async def in_sequence(names: list[str]) -> list[str]:
    return [await reserve(name) + await charge(name) for name in names]


@DBOS.workflow()
async def inside_steps(names: list[str]) -> list[object]:
    return await asyncio.gather(*map(whole_order, names), return_exceptions=True)


@DBOS.workflow()
async def children(names: list[str]) -> list[object]:
    handles = [await DBOS.start_workflow_async(child, name) for name in names]
    return [await handle.get_result() for handle in handles]


@DBOS.workflow()
async def own_gather(name: str) -> list[str]:
    return gather(await reserve(name), await charge(name))
