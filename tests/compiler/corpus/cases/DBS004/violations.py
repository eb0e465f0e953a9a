"""Timeouts of the process around durable calls: how far it gets depends on the machine."""

import asyncio
import signal
from asyncio import timeout as limit
from asyncio import wait_for

from dbos import DBOS


@DBOS.step()
async def charge(order_id: str) -> str:
    return "charged"


@DBOS.step()
async def ship(order_id: str) -> str:
    return "shipped"


@DBOS.step()
def report(order_id: str) -> str:
    return "reported"


async def within(seconds: float, order_id: str) -> str:
    return await wait_for(charge(order_id), seconds)  # flags: DBS004


class Shop:
    patience_seconds = 3.0

    async def fulfil(self, order_id: str) -> str:
        async with asyncio.timeout(self.patience_seconds):  # flags: DBS004
            await charge(order_id)
            return await ship(order_id)


@DBOS.workflow()
async def quick_charge(order_id: str) -> str:
    return await asyncio.wait_for(charge(order_id), 3)  # flags: DBS004


@DBOS.workflow()
async def charge_or_ship(order_id: str) -> str:
    try:
        return await asyncio.wait_for(charge(order_id), timeout=3)  # flags: DBS004
    except asyncio.TimeoutError:
        return await ship(order_id)


@DBOS.workflow()
async def limited_block(order_id: str) -> str:
    async with limit(10):  # flags: DBS004
        return await charge(order_id)


@DBOS.workflow()
async def helper_limits(order_id: str) -> str:
    try:
        return await within(2, order_id)
    except TimeoutError:
        return await ship(order_id)


@DBOS.workflow()
async def method_limits(order_id: str) -> str:
    try:
        return await Shop().fulfil(order_id)
    except TimeoutError:
        return "late"


@DBOS.workflow()
def alarm_clock(order_id: str) -> str:
    signal.alarm(5)  # flags: DBS004
    answer = report(order_id)
    signal.alarm(0)  # flags: DBS004
    return answer
