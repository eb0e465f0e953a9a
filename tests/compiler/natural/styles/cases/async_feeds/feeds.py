from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import anyio
import asyncpg
from dbos import DBOS


async def pages(session: aiohttp.ClientSession, url: str) -> AsyncIterator[str]:
    for number in range(3):
        async with session.get(f"{url}?page={number}") as answer:  # flags: DBS202
            yield await answer.text()  # maybe: DBS202


@asynccontextmanager
async def pool() -> AsyncIterator[asyncpg.Connection]:
    connections = await asyncpg.create_pool("postgresql://news")  # flags: DBS205
    async with connections.acquire() as connection:  # flags: DBS205
        yield connection


async def count_up(limit: int) -> AsyncIterator[int]:
    for number in range(limit):
        yield number


@DBOS.step()
async def fetch(url: str) -> str:
    async with aiohttp.ClientSession() as session:
        async for page in pages(session, url):
            return page
    return ""


@DBOS.step()
async def store(text: str) -> int:
    async with pool() as connection:
        await connection.execute("INSERT INTO news VALUES ($1)", text)
    return len(text)


@DBOS.workflow()
async def read(url: str) -> int:
    return await store(await fetch(url))


@DBOS.workflow()
async def read_directly(url: str) -> int:
    total = 0
    async with aiohttp.ClientSession() as session:
        async for page in pages(session, url):
            total += await store(page)
    return total


@DBOS.workflow()
async def read_all(urls: list[str]) -> int:
    async with asyncio.TaskGroup() as group:  # maybe: DBS403
        tasks = [group.create_task(fetch(url)) for url in urls]
    return sum(len(task.result()) for task in tasks)


async def one(url: str) -> int:
    return await store(await fetch(url))


@DBOS.workflow()
async def read_interleaved(urls: list[str]) -> None:
    async with anyio.create_task_group() as group:  # flags: DBS402
        for url in urls:
            group.start_soon(one, url)


@DBOS.workflow()
async def patient(url: str) -> str:
    with anyio.move_on_after(5):  # flags: DBS004
        return await fetch(url)
    return ""


@DBOS.workflow()
async def slow(limit: int) -> int:
    total = 0
    async for number in count_up(limit):
        total += number
    await anyio.sleep(2)  # flags: DBS003
    return total


@DBOS.workflow()
async def audit() -> int:
    async with pool() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM news"))  # flags: DBS205
