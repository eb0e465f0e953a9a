"""Sleeping in workflows, helpers and coroutines."""

import asyncio
import time
from time import sleep as nap

from dbos import DBOS as D


def pause(seconds: float) -> None:
    """A helper."""
    D.sleep(seconds)


@D.workflow()
def remind(days: int) -> None:
    """Waits for days."""
    D.sleep(days * 86400)
    pause(1)


@D.workflow()
async def remind_async(days: int) -> None:
    """Waits for days without blocking."""
    await D.sleep_async(1)
    await D.sleep_async(days * 86400)
    await D.sleep_async(2)
