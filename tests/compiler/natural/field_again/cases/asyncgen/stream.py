from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
from dbos import DBOS


async def pages(url: str) -> AsyncIterator[dict]:
    async with httpx.AsyncClient() as client:
        while url:
            page = (await client.get(url)).json()  # flags: DBS202
            yield page
            url = page.get("next")


def numbered(items: list[str]):
    for number, item in enumerate(items):
        yield f"{number}-{item}"


@DBOS.step()
async def index(page: dict) -> None:
    print(page)


@DBOS.workflow()
async def sync(url: str) -> int:
    count = 0
    async for page in pages(url):
        await index(page)
        count += 1
    return count


@DBOS.workflow()
async def local(items: list[str]) -> list[str]:
    for item in numbered(items):
        await index({"item": item})
    return list(numbered(items))
