from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiofiles
from dbos import DBOS


async def each(items: list[str], do: Callable[[str], Awaitable[str]]) -> list[str]:
    found = []
    for item in items:
        found.append(await do(item))
    return found


@DBOS.step()
async def fetch(item: str) -> str:
    return item


async def remember(item: str) -> str:
    async with aiofiles.open("/tmp/seen", "a") as file:  # flags: DBS203
        await file.write(item)
    return item


async def produce(queue: asyncio.Queue, items: list[str]) -> None:
    for item in items:
        await queue.put(item)


@DBOS.workflow()
async def good(items: list[str]) -> list[str]:
    return await each(items, fetch)


@DBOS.workflow()
async def bad(items: list[str]) -> list[str]:
    return await each(items, remember)


@DBOS.workflow()
async def queued(items: list[str]) -> str:
    queue: asyncio.Queue = asyncio.Queue()  # flags: DBS407
    await produce(queue, items)
    return await fetch(await queue.get())


@DBOS.workflow()
async def shielded(item: str) -> str:
    result = await asyncio.shield(fetch(item))
    return json.dumps(result)


class Config:
    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def limit(self) -> int:
        return json.loads(self.path.read_text())["limit"]  # flags: DBS203


@DBOS.workflow()
async def limited(items: list[str]) -> list[str]:
    config = Config(Path("config.json"))
    return await each(items[: config.limit], fetch)
