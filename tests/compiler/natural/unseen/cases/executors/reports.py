from __future__ import annotations

import asyncio
import functools
import platform
import socket
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import anyio
from dbos import DBOS

pool = ThreadPoolExecutor(max_workers=4)


def render(rows: list[str]) -> str:
    return "\n".join(rows)


def render_here(rows: list[str]) -> str:
    return f"{socket.gethostname()}\n{render(rows)}"  # flags: DBS303


def measured(rows: list[str]) -> tuple[str, float]:
    began = time.monotonic()  # flags: DBS002
    text = render(rows)
    return text, time.monotonic() - began  # flags: DBS002


@DBOS.transaction()
def rows_of(report: str) -> list[str]:
    return [row[0] for row in DBOS.sql_session.execute(report)]


@DBOS.step()
async def publish(text: str) -> str:
    return text[:10]


@DBOS.step()
def render_many(reports: list[list[str]]) -> list[str]:
    with ProcessPoolExecutor() as processes:
        return list(processes.map(render_here, reports))


@DBOS.workflow()
async def report(name: str) -> str:
    rows = await asyncio.to_thread(rows_of, name)
    loop = asyncio.get_running_loop()
    text = await loop.run_in_executor(None, render_here, rows)  # maybe: DBS401
    return await publish(text)


@DBOS.workflow()
async def report_measured(name: str) -> str:
    rows = await asyncio.to_thread(rows_of, name)
    text, seconds = await asyncio.to_thread(measured, rows)
    if seconds > 2:
        text = f"slow: {text}"
    return await publish(text)


@DBOS.workflow()
async def report_anyio(rows: list[str]) -> str:
    text = await anyio.to_thread.run_sync(functools.partial(render, rows))
    host = await anyio.to_thread.run_sync(platform.node)  # flags: DBS303
    return await publish(text + host)


@DBOS.workflow()
def report_pool(rows: list[str]) -> str:
    future = pool.submit(render, rows)  # flags: DBS401
    return future.result()


async def in_pool(executor: Executor | None, function: Any, *args: Any) -> Any:
    return await asyncio.get_event_loop().run_in_executor(executor, functools.partial(function, *args))  # flags: DBS401


@DBOS.workflow()
async def report_in_pool(rows: list[str]) -> str:
    return await publish(await in_pool(pool, measured, rows))
