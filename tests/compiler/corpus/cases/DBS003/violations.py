"""Sleeps that are not durable: each recovery waits from the start again."""

import asyncio
import time
from asyncio import sleep as pause
from threading import Event
from time import sleep

from dbos import DBOS


@DBOS.step()
def ask(order_id: str) -> str:
    return "pending"


@DBOS.step()
async def ask_async(order_id: str) -> str:
    return "pending"


def back_off(attempt: int) -> None:
    sleep(2**attempt)  # flags: DBS003


class Poller:
    interval_seconds = 5

    async def wait(self) -> None:
        await asyncio.sleep(self.interval_seconds)  # flags: DBS003


@DBOS.workflow()
def cool_down(order_id: str) -> str:
    time.sleep(5)  # flags: DBS003
    return ask(order_id)


@DBOS.workflow()
def retry_by_hand(order_id: str) -> str:
    for attempt in range(3):
        if ask(order_id) == "done":
            return "done"
        back_off(attempt)
    return "failed"


@DBOS.workflow()
async def poll(order_id: str) -> str:
    while await ask_async(order_id) == "pending":
        await Poller().wait()
        return "gave up"
    return "done"


@DBOS.workflow()
async def pause_between(order_id: str, seconds: float) -> str:
    await pause(seconds)  # flags: DBS003
    return await ask_async(order_id)


@DBOS.workflow()
async def short_break(order_id: str) -> str:
    await asyncio.sleep(delay=0.1)  # flags: DBS003
    return await ask_async(order_id)


@DBOS.workflow()
def wait_on_event(order_id: str) -> str:  # unseen: waiting
    Event().wait(0.001)  # flags: DBS003
    return ask(order_id)


@DBOS.workflow()
def nap_in_a_loop(order_ids: list[str]) -> list[str]:
    answers = []
    for order_id in order_ids:
        answers.append(ask(order_id))
        rest = time.sleep
        rest(1)  # flags: DBS003
    return answers
