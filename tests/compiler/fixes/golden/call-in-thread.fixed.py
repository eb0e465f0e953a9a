"""Blocking calls in coroutines."""

import asyncio

from dbos import DBOS


@DBOS.transaction()
def store(name: str, count: int = 1) -> list[str]:
    """A transaction."""
    return [name] * count


@DBOS.workflow()
async def signup(name: str) -> str:
    """Blocks the loop."""
    await asyncio.to_thread(store, name)
    await asyncio.to_thread(
        store,
        name,  # the name
        count=2,
    )
    return (await asyncio.to_thread(store, "x"))[0]
