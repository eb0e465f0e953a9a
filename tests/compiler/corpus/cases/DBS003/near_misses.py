"""Durable sleeps, sleeps in steps, and things that only sound like sleeping."""

import asyncio
import time

from dbos import DBOS


@DBOS.step()
def ask_slowly(order_id: str) -> str:
    time.sleep(0.5)
    return "done"


@DBOS.step()
async def ask_slowly_async(order_id: str) -> str:
    await asyncio.sleep(0.5)
    return "done"


class Computer:
    def __init__(self) -> None:
        self.asleep = False

    def sleep(self, seconds: float) -> None:
        self.asleep = seconds > 0

    def wait(self, seconds: float) -> bool:
        return self.asleep


@DBOS.workflow()
def durable(order_id: str) -> str:
    DBOS.sleep(5)
    return ask_slowly(order_id)


@DBOS.workflow()
async def durable_async(order_id: str) -> str:
    await DBOS.sleep_async(5)
    return await ask_slowly_async(order_id)


@DBOS.workflow()
async def yield_to_the_loop(order_id: str) -> str:
    await asyncio.sleep(0)
    return await ask_slowly_async(order_id)


@DBOS.workflow()
def sleep_in_a_step(order_id: str) -> str:
    return ask_slowly(order_id)


@DBOS.workflow()
def own_sleep(order_id: str) -> bool:
    computer = Computer()
    computer.sleep(60)
    ask_slowly(order_id)
    return computer.wait(1)


@DBOS.workflow()
def named_sleep(sleep: float, order_id: str) -> float:
    ask_slowly(order_id)
    return sleep * 2


@DBOS.workflow()
def wait_for_a_message(order_id: str) -> str:
    answer = DBOS.recv("paid", timeout_seconds=60)
    return answer or ask_slowly(order_id)


@DBOS.workflow()
def recorded_pause(order_id: str) -> str:
    DBOS.run_step(None, time.sleep, 1)
    return ask_slowly(order_id)
