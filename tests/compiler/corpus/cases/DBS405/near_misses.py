"""Tasks that are awaited before anything else durable happens, or that do nothing durable."""

import asyncio

from dbos import DBOS


@DBOS.step()
async def reserve(name: str) -> str:
    return f"reserved {name}"


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


@DBOS.step()
async def both(name: str) -> str:
    task = asyncio.create_task(pure(name))
    return name + await task


async def pure(name: str) -> str:
    return name.upper()


def create_task(name: str) -> dict[str, str]:
    return {"task": name}


@DBOS.workflow()
async def awaited_at_once(name: str) -> str:
    task = asyncio.create_task(reserve(name))
    answer = await task
    return answer + await charge(name)


@DBOS.workflow()
async def all_gathered(names: list[str]) -> list[object]:
    tasks = [asyncio.create_task(reserve(name)) for name in names]
    return await asyncio.gather(*tasks, return_exceptions=True)


@DBOS.workflow()
async def pure_task(name: str) -> str:
    task = asyncio.create_task(pure(name))
    answer = await charge(name)
    return answer + await task


@DBOS.workflow()
async def in_a_step(name: str) -> str:
    return await both(name)


@DBOS.workflow()
async def own_create_task(name: str) -> dict[str, str]:
    task = create_task(name)
    await charge(name)
    return task


@DBOS.workflow()
async def after_the_steps(name: str) -> str:
    await reserve(name)
    task = asyncio.create_task(charge(name))
    return await task


async def counted(name: str) -> int:
    return len(name)


@DBOS.workflow()
async def never_kept_but_pure(name: str) -> str:
    kept = asyncio.create_task(counted(name))
    asyncio.create_task(counted(name))
    await reserve(name)
    return f"{name} {await kept}"
