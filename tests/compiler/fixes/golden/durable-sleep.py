"""Sleeping in workflows, helpers and coroutines."""

import asyncio
import time
from time import sleep as nap

from dbos import DBOS as D


def pause(seconds: float) -> None:
    """A helper."""
    nap(seconds)  # fix DBS003: nap(seconds)


@D.workflow()
def remind(days: int) -> None:
    """Waits for days."""
    time.sleep(days * 86400)  # fix DBS003: time.sleep(days * 86400)
    pause(1)


@D.workflow()
async def remind_async(days: int) -> None:
    """Waits for days without blocking."""
    time.sleep(1)  # fix DBS003: time.sleep(1)
    await asyncio.sleep(days * 86400)  # fix DBS003: asyncio.sleep(days * 86400)
    await asyncio.sleep(delay=2)  # fix DBS003: asyncio.sleep(delay=2)
