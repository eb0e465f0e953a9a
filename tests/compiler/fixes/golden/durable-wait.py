"""Waiting for the first of several tasks."""

import asyncio

from dbos import DBOS


@DBOS.step()
async def fetch(number: int) -> int:
    """A step."""
    return number


@DBOS.workflow()
async def first() -> int:
    """Takes whoever comes first."""
    tasks = [asyncio.create_task(fetch(1)), asyncio.create_task(fetch(2))]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # fix DBS404: asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return len(done)
