"""Each API in its own world."""

import asyncio
from collections.abc import Awaitable

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
async def async_child(name: str) -> str:
    return name


class Robot:
    def sleep(self, seconds: int) -> int:
        return seconds


@DBOS.workflow()
def synchronous(name: str) -> object:
    DBOS.sleep(1)
    DBOS.set_event("state", name)
    return DBOS.recv("paid")


@DBOS.workflow()
async def asynchronous(name: str) -> object:
    await DBOS.sleep_async(1)
    await DBOS.set_event_async("state", name)
    return await DBOS.recv_async("paid")


@DBOS.workflow()
async def starts(name: str) -> str:
    handle = await DBOS.start_workflow_async(async_child, name)
    return handle.workflow_id


@DBOS.workflow()
def starts_synchronously(name: str) -> str:
    return DBOS.start_workflow(child, name).workflow_id


@DBOS.workflow()
async def own_sleep(name: str) -> int:
    return Robot().sleep(5)


@DBOS.workflow()
async def logs(name: str) -> str:
    DBOS.logger.info("running %s", DBOS.workflow_id)
    return name


@DBOS.workflow()
async def enqueues(name: str) -> str:
    handle = await orders.enqueue_async(async_child, name)
    return handle.workflow_id


def sender(name: str) -> None:
    DBOS.send(name, "hello", "paid")


class Waiting:
    def __init__(self) -> None:
        self.coroutines: dict[str, Awaitable[object]] = {}

    def add(self, name: str, coroutine: Awaitable[object]) -> None:
        self.coroutines[name] = coroutine

    def nap(self, seconds: float) -> None:
        self.add("nap", DBOS.sleep_async(seconds))


def message(topic: str) -> Awaitable[object]:
    return DBOS.recv_async(topic, timeout_seconds=5)


@DBOS.workflow()
async def coroutines_handed_on(name: str) -> object:
    waiting = Waiting()
    waiting.nap(1)
    await waiting.coroutines["nap"]
    return await message(name)


@DBOS.step()
async def starts_what_no_step_may(name: str) -> str:
    handle = orders.enqueue(child, name)  # flags: DBS801
    return handle.workflow_id


@DBOS.step()
async def sleeps_as_no_step_may(name: str) -> str:
    DBOS.sleep(1)  # flags: DBS803
    return name


@DBOS.workflow()
async def blocks_a_thread_of_its_own(name: str) -> object:
    await asyncio.to_thread(DBOS.set_event, "state", name)
    handle = await asyncio.to_thread(orders.enqueue, child, name)
    answer = await asyncio.to_thread(DBOS.recv, "answer", 3)
    return answer or await asyncio.to_thread(handle.get_result)
