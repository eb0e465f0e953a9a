"""Timeouts that are durable, or that surround no durable call."""

import asyncio

from dbos import DBOS, SetWorkflowTimeout


@DBOS.step()
async def charge(order_id: str) -> str:
    return await asyncio.wait_for(answer(order_id), 3)


@DBOS.step()
async def fetch(order_id: str) -> str:
    async with asyncio.timeout(5):
        return await answer(order_id)


@DBOS.step()
def settle(order_id: str) -> str:
    return "settled"


@DBOS.workflow()
def child(order_id: str) -> str:
    return settle(order_id)


async def answer(order_id: str) -> str:
    return f"answer for {order_id}"


def timeout(seconds: int) -> dict[str, int]:
    """A setting, not a timer."""
    return {"timeout": seconds}


class Waiter:
    def wait_for(self, order_id: str, seconds: float) -> str:
        return f"{order_id} {seconds}"


@DBOS.workflow()
def durable_timeout(order_id: str) -> str:
    with SetWorkflowTimeout(3):
        return child(order_id)


@DBOS.workflow()
async def timeout_inside_the_step(order_id: str) -> str:
    return await charge(order_id)


@DBOS.workflow()
async def timeout_block_inside_the_step(order_id: str) -> str:
    return await fetch(order_id)


@DBOS.workflow()
def own_timeout(order_id: str) -> dict[str, int]:
    settle(order_id)
    return timeout(5)


@DBOS.workflow()
def own_wait_for(order_id: str) -> str:
    settle(order_id)
    return Waiter().wait_for(order_id, 3)


@DBOS.workflow()
def message_timeout(order_id: str) -> str:
    paid = DBOS.recv("paid", timeout_seconds=60)
    return paid or settle(order_id)


@DBOS.workflow()
def timeout_as_data(order_id: str, timeout: float = 5.0) -> float:
    settle(order_id)
    return timeout
