from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from types import SimpleNamespace

import aiohttp
import structlog
from dbos import DBOS, Queue
from tenacity import AsyncRetrying, retry, stop_after_attempt, wait_random

settings = SimpleNamespace(canary=0.1, host=os.getenv("FIRMWARE_HOST", "localhost"))
log = structlog.get_logger(__name__)
rollouts = Queue("rollouts", limiter={"limit": 5, "period": 1})
_session: aiohttp.ClientSession | None = None


def configure(canary: float) -> None:
    settings.canary = canary


async def session() -> aiohttp.ClientSession:
    global _session
    if _session is None:  # flags: DBS610
        _session = aiohttp.ClientSession()  # maybe: DBS601
    return _session


@retry(stop=stop_after_attempt(3), wait=wait_random(0, 1))
async def status(device: str) -> Mapping[str, str]:
    http = await session()
    async with http.get(f"http://{settings.host}/{device}") as response:  # flags: DBS202 DBS302  # maybe: DBS603
        return await response.json()


@DBOS.step(max_attempts=3, retries_allowed=True)
async def flash(device: str, image: str) -> bool:
    async for attempt in AsyncRetrying(stop=stop_after_attempt(2)):
        with attempt:
            return (await status(device))["image"] != image
    return False


@DBOS.workflow()
async def rollout(devices: list[str], image: str) -> int:
    count = max(1, int(len(devices) * settings.canary))  # flags: DBS603  # maybe: DBS302
    flashed = 0
    for device in devices[:count]:
        flashed += await flash(device, image)
        log.info("flashed", device=device)
    if (await status(devices[0]))["state"] == "failed":
        return -1
    handles = [await rollouts.enqueue_async(one, device, image) for device in devices[count:]]
    for handle in handles:
        flashed += await handle.get_result()
    await asyncio.sleep(0)
    return flashed


@DBOS.workflow()
async def one(device: str, image: str) -> bool:
    logging.getLogger("rollout").info("one %s", device)
    return await flash(device, image)


@DBOS.workflow()
async def sloppy(devices: list[str]) -> None:
    for device in devices:
        flash(device, "latest")  # flags: DBS406
    handle = await DBOS.start_workflow_async(one, devices[0], "latest")
    handle.get_result()  # flags: DBS406
    await DBOS.sleep_async(os.environ.get("PAUSE", 1))  # flags: DBS301
