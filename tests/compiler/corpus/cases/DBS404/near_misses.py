"""Waiting for all in order, or in the durable way."""

import asyncio

from dbos import DBOS


@DBOS.step()
async def ask(name: str) -> str:
    return f"answer of {name}"


@DBOS.step()
async def ask_first(names: list[str]) -> str:
    tasks = [asyncio.create_task(pure(name)) for name in names]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return next(iter(done)).result()


async def pure(name: str) -> str:
    return name


class Kitchen:
    async def wait(self, name: str) -> str:
        return f"waited for {name}"


def as_completed(names: list[str]) -> list[str]:
    return sorted(names)


@DBOS.workflow()
async def durable_wait(names: list[str]) -> int:
    done, _ = await DBOS.asyncio_wait([asyncio.create_task(ask(name)) for name in names])
    return len(done)


@DBOS.workflow()
async def gathered(names: list[str]) -> list[object]:
    return await asyncio.gather(*map(ask, names), return_exceptions=True)


@DBOS.workflow()
async def race_in_a_step(names: list[str]) -> str:
    return await ask_first(names)


@DBOS.workflow()
async def own_wait(name: str) -> str:
    return await Kitchen().wait(await ask(name))


@DBOS.workflow()
async def own_as_completed(names: list[str]) -> list[str]:
    return [await ask(name) for name in as_completed(names)]


@DBOS.workflow()
async def one_task(name: str) -> str:
    task = asyncio.create_task(ask(name))
    return await task


@DBOS.workflow()
async def gives_up_what_is_left(names: list[str]) -> list[object]:
    tasks = [asyncio.create_task(ask(name)) for name in names]
    try:
        return await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            if not task.done():
                task.cancel()


@DBOS.workflow()
async def tells_the_cancelled(names: list[str]) -> int:
    tasks = [asyncio.create_task(ask(name)) for name in names]
    await asyncio.gather(*tasks, return_exceptions=True)
    return sum(1 for task in tasks if task.cancelled())
