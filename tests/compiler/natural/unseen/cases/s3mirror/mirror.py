from __future__ import annotations

import asyncio
import hashlib
from itertools import batched

from dbos import DBOS, Queue

from store import Bucket

source = Bucket("photos")
mirrors = Queue("mirrors", concurrency=10)


@DBOS.step()
async def copy_one(key: str, target: str) -> str:
    answer = await source.copy(key, target)
    return str(answer["ETag"])


@DBOS.step()
async def list_keys(prefix: str) -> list[str]:
    return [key async for key in source.keys(prefix)]


async def copy_checked(key: str, target: str) -> str:
    tag = await copy_one(key, target)
    return hashlib.sha1(f"{key}{tag}".encode()).hexdigest()


async def copy_twice(key: str, target: str) -> list[str]:
    first = await copy_one(key, target)
    second = await copy_one(key, f"{target}-cold")
    return [first, second]


@DBOS.workflow()
async def mirror(prefix: str, target: str) -> list[str]:
    keys = await list_keys(prefix)
    tags: list[str] = []
    for batch in batched(sorted(keys), 20):
        results = await asyncio.gather(
            *(copy_checked(key, target) for key in batch), return_exceptions=True
        )
        tags += [str(result) for result in results]
    return tags


@DBOS.workflow()
async def mirror_both(prefix: str, target: str) -> int:
    found = [key async for key in source.keys(prefix)]
    async with asyncio.TaskGroup() as group:  # flags: DBS402
        tasks = [group.create_task(copy_twice(key, target)) for key in found]
    return len([task.result() for task in tasks])


@DBOS.workflow()
async def race(key: str) -> str:
    first = asyncio.create_task(copy_one(key, "a"))
    second = asyncio.create_task(copy_one(key, "b"))
    done, pending = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)  # flags: DBS404
    for task in pending:  # maybe: DBS501
        task.cancel()
    return done.pop().result() + source.url(key)  # maybe: DBS502


@DBOS.workflow()
async def bounded(keys: list[str]) -> list[str]:
    limit = asyncio.Semaphore(3)  # flags: DBS407

    async def one(key: str) -> str:
        async with limit:  # maybe: DBS407
            return await copy_one(key, "c")

    return list(await asyncio.gather(*map(one, keys)))  # flags: DBS403
