"""Gathering steps."""

import asyncio

from dbos import DBOS


@DBOS.step()
async def fetch(number: int) -> int:
    """A step."""
    return number


@DBOS.workflow()
async def both(numbers: list[int]) -> list[int]:
    """Two at once."""
    await asyncio.gather(fetch(1), fetch(2), return_exceptions=True)
    await asyncio.gather(
        fetch(1),
        fetch(2),
        return_exceptions=True,
    )
    await asyncio.gather(fetch(3), fetch(4), return_exceptions=True)
    return await asyncio.gather(*[fetch(n) for n in numbers], return_exceptions=True)
