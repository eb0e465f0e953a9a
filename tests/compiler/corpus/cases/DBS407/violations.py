"""Channels and locks between tasks: who comes first decides."""

import asyncio
import queue
import threading
from asyncio import Event, Queue

from dbos import DBOS


@DBOS.step()
async def ask(name: str) -> str:
    return f"answer of {name}"


@DBOS.step()
async def save(value: object) -> str:
    return "saved"


async def feed(name: str, line: "asyncio.Queue[str]") -> None:
    line.put_nowait(await ask(name))


@DBOS.workflow()
async def fed_by_tasks(names: list[str]) -> list[str]:
    line: asyncio.Queue[str] = asyncio.Queue()  # flags: DBS407
    await asyncio.gather(*(feed(name, line) for name in names), return_exceptions=True)
    answers = [line.get_nowait() for _ in names]
    await save(answers)
    return answers


@DBOS.workflow()
async def imported_queue(names: list[str]) -> list[str]:
    line: Queue[str] = Queue()  # flags: DBS407
    tasks = [asyncio.create_task(feed(name, line)) for name in names]
    await asyncio.gather(*tasks, return_exceptions=True)
    answers = [await line.get() for _ in names]
    await save(answers)
    return answers


@DBOS.workflow()
async def by_event(names: list[str]) -> str:
    ready = Event()  # flags: DBS407
    winner = []

    async def run(name: str) -> None:
        winner.append(await ask(name))
        ready.set()

    await asyncio.gather(*map(run, names), return_exceptions=True)
    await ready.wait()
    await save(winner[0])
    return winner[0]


@DBOS.workflow()
async def guarded(names: list[str]) -> list[str]:
    lock = asyncio.Lock()  # flags: DBS407
    order: list[str] = []

    async def run(name: str) -> None:
        answer = await ask(name)
        async with lock:
            order.append(answer)

    await asyncio.gather(*map(run, names), return_exceptions=True)
    await save(order)
    return order


@DBOS.workflow()
async def limited(names: list[str]) -> list[str]:
    places = asyncio.Semaphore(2)  # flags: DBS407
    order: list[str] = []

    async def run(name: str) -> None:
        async with places:
            order.append(await ask(name))

    await asyncio.gather(*map(run, names), return_exceptions=True)
    await save(order)
    return order


@DBOS.workflow()
async def signalled(names: list[str]) -> list[str]:
    condition = asyncio.Condition()  # flags: DBS407
    order: list[str] = []

    async def run(name: str) -> None:
        answer = await ask(name)
        async with condition:
            order.append(answer)
            condition.notify_all()

    await asyncio.gather(*map(run, names), return_exceptions=True)
    await save(order)
    return order
