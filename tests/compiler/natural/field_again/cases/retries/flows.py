import asyncio

from dbos import DBOS

from client import Api

limit = asyncio.Semaphore(3)


@DBOS.step()
async def fetch(path: str) -> dict:
    async with Api("https://api.example") as api:
        return await api.get(path)


@DBOS.workflow()
async def crawl(paths: list[str]) -> list[dict]:
    found = []
    for path in paths:
        found.append(await fetch(path))
    async with Api("https://api.example") as api:
        found.append(await api.get("/done"))
    return found


async def limited(path: str) -> dict:
    async with limit:  # flags: DBS407
        return await fetch(path)


@DBOS.workflow()
async def crawl_limited(paths: list[str]) -> int:
    pages = await asyncio.gather(*[limited(p) for p in paths], return_exceptions=True)
    return len(pages)
