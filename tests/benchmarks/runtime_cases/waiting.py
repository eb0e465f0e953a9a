"""Coroutine workflows that sleep: what each holds of memory, and all together of threads."""

from __future__ import annotations

import asyncio

from bench import Bench
from dbos import DBOS
from timing import resident_megabytes, thread_count

AT_MOST, SECONDS = 100, 8.0
AT_ONCE = 100


@DBOS.workflow()
async def sleeping() -> None:
    """Sleeps for longer than the measurement takes."""
    await DBOS.sleep_async(3600)


async def start_some() -> None:
    """A hundred more."""
    await asyncio.gather(*(DBOS.start_workflow_async(sleeping) for _ in range(AT_ONCE)))
    await asyncio.sleep(0.05)


async def measure_all() -> dict[str, float]:
    """As many as there is time for, at most ten thousand."""
    await start_some()
    before = resident_megabytes()
    loop = asyncio.get_running_loop()
    end, started = loop.time() + SECONDS, 0
    while started < AT_MOST * AT_ONCE and loop.time() < end:
        await start_some()
        started += AT_ONCE
    await asyncio.sleep(0.5)
    return {
        "memory of one that sleeps kB": (resident_megabytes() - before) / started * 1000,
        "threads while all sleep count": float(thread_count()),
        "started within eight seconds, at most 10,000 /s": started / SECONDS,
    }


def measure(bench: Bench) -> dict[str, float]:
    """Kilobytes and threads."""
    bench.launch()
    return asyncio.run(measure_all())
