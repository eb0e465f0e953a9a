"""A task in the background while the workflow goes on with steps of its own."""

import asyncio
from asyncio import create_task, ensure_future

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return f"reserved {name}"


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


async def sequence(name: str) -> str:
    await reserve(name)
    await reserve(name)
    return await charge(name)


class Shop:
    async def audit(self, name: str) -> None:
        for number in range(3):
            await charge(f"{name}-{number}")


@DBOS.workflow()
async def beside(name: str) -> str:
    task = asyncio.create_task(sequence(name))  # flags: DBS405
    for number in range(3):
        await charge(f"{name}-{number}")
    return await task


@DBOS.workflow()
async def aliased(name: str) -> str:
    task = create_task(sequence(name))  # flags: DBS405
    await charge(name)
    await charge(name)
    await task
    return name


@DBOS.workflow()
async def ensured(name: str) -> str:
    task = ensure_future(sequence(name))  # flags: DBS405
    await charge(name)
    await charge(name)
    return await task


@DBOS.workflow()
async def by_method(name: str) -> str:
    task = asyncio.create_task(Shop().audit(name))  # flags: DBS405
    await reserve(name)
    await reserve(name)
    await task
    return name


@DBOS.workflow()
async def of_the_loop(name: str) -> str:
    task = asyncio.get_running_loop().create_task(sequence(name))  # flags: DBS405
    await charge(name)
    await charge(name)
    return await task


@DBOS.workflow()
async def nested(name: str) -> str:
    async def background() -> None:
        await reserve(name)
        await charge(name)
        await reserve(name)

    task = asyncio.create_task(background())  # flags: DBS405
    await charge(name)
    await reserve(name)
    await task
    return name


@DBOS.workflow()
async def never_kept(name: str) -> str:
    asyncio.create_task(sequence(name))  # flags: DBS405
    for number in range(3):
        await charge(f"{name}-{number}")
    return name
