"""Workflows in threads, callbacks and tasks of their own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from functools import partial

from dbos import DBOS


@DBOS.step()
def fetch(url: str) -> str:
    return url


@DBOS.step()
async def fetch_async(url: str) -> str:
    return url


@DBOS.workflow()
def pooled(urls: list[str]) -> list[str]:
    with concurrent.futures.ThreadPoolExecutor() as pool:  # flags: DBS401
        return list(pool.map(fetch, urls))  # maybe: DBS401


@DBOS.workflow()
def detached(url: str) -> None:
    threading.Thread(target=partial(fetch, url), daemon=True).start()  # flags: DBS401


@DBOS.workflow()
async def raced(urls: list[str]) -> str:
    tasks = [asyncio.create_task(fetch_async(url)) for url in urls]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # flags: DBS404
    return done.pop().result()  # maybe: DBS502


@DBOS.workflow()
async def raced_durably(urls: list[str]) -> int:
    tasks = [asyncio.create_task(fetch_async(url)) for url in urls]
    done, pending = await DBOS.asyncio_wait(tasks)
    return len(done) + len(pending)


@DBOS.workflow()
async def hurried(url: str) -> str:
    try:
        return await asyncio.wait_for(fetch_async(url), timeout=3)  # flags: DBS004
    except asyncio.TimeoutError:
        return ""


@DBOS.workflow()
async def forgotten(url: str) -> str:
    fetch_async(url)  # flags: DBS406
    return url


@DBOS.workflow()
async def blocking(url: str) -> str:
    return fetch(url)  # flags: DBS408


@DBOS.workflow()
async def offloaded(url: str) -> str:
    return await asyncio.to_thread(fetch, url)


@DBOS.workflow()
async def in_executor(url: str) -> str:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, fetch, url)  # flags: DBS401


@DBOS.workflow()
async def called_back(url: str) -> str:
    task = asyncio.create_task(fetch_async(url))
    task.add_done_callback(lambda done: fetch(done.result()))  # flags: DBS409
    return await task
