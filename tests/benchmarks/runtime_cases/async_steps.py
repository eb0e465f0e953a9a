"""Coroutine steps: one after the other, and in a hundred workflows at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine

from bench import Bench
from dbos import DBOS

STEPS = 300
WORKFLOWS, EACH = 100, 20


@DBOS.step()
async def step(number: int) -> int:
    """As little as possible."""
    return number


@DBOS.workflow()
async def many(count: int) -> int:
    """`count` steps."""
    total = 0
    for number in range(count):
        total += await step(number)
    return total


async def together() -> None:
    """A hundred workflows of twenty steps."""
    handles = [await DBOS.start_workflow_async(many, EACH) for _ in range(WORKFLOWS)]
    for handle in handles:
        await handle.get_result()


async def timed(count: int, work: Coroutine[object, object, object]) -> float:
    """How many of `count` things happened per second while `work` ran."""
    start = time.perf_counter()
    await work
    return count / (time.perf_counter() - start)


async def measure_all() -> dict[str, float]:
    """Both figures, in one event loop."""
    await many(10)
    return {
        "sequential /s": await timed(STEPS, many(STEPS)),
        "100 workflows × 20 /s": await timed(WORKFLOWS * EACH, together()),
    }


def measure(bench: Bench) -> dict[str, float]:
    """Steps per second."""
    bench.launch()
    return asyncio.run(measure_all())
