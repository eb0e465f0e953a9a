from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from urllib.request import urlopen

import aioboto3
from dbos import DBOS


@asynccontextmanager
async def bucket(name: str):
    session = aioboto3.Session()
    async with session.resource("s3") as s3:
        yield await s3.Bucket(name)  # flags: DBS202


@DBOS.step()
async def save(text: str) -> None:
    print(text)


@DBOS.workflow()
async def copy(names: list[str]) -> int:
    async with AsyncExitStack() as stack:
        for name in names:
            await stack.enter_async_context(bucket(name))
            await save(name)
    return len(names)


@DBOS.workflow()
async def read(url: str) -> int:
    with suppress(OSError), closing(urlopen(url)) as page:  # flags: DBS201
        await save(page.read().decode())
    return 1
