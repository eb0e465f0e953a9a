"""Durable calls in callbacks: the loop or a thread decides when they happen."""

import asyncio
from concurrent.futures import Future

from dbos import DBOS


@DBOS.step()
def save(name: str) -> str:
    return f"saved {name}"


@DBOS.step()
async def ask(name: str) -> str:
    return f"answer of {name}"


def on_done(task: "asyncio.Task[str]") -> None:
    save(task.result())


def forward(name: str) -> None:
    save(name)


class Listener:
    def done(self, task: "asyncio.Task[str]") -> None:
        save(task.result())


@DBOS.workflow()
async def when_done(names: list[str]) -> int:
    tasks = [asyncio.create_task(ask(name)) for name in names]
    for task in tasks:
        task.add_done_callback(lambda each: save(each.result()))  # flags: DBS409
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(tasks)


@DBOS.workflow()
async def named_callback(names: list[str]) -> int:
    tasks = [asyncio.create_task(ask(name)) for name in names]
    for task in tasks:
        task.add_done_callback(on_done)  # flags: DBS409
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(tasks)


@DBOS.workflow()
async def method_callback(names: list[str]) -> int:
    listener = Listener()
    tasks = [asyncio.create_task(ask(name)) for name in names]
    for task in tasks:
        task.add_done_callback(listener.done)  # flags: DBS409
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(tasks)


@DBOS.workflow()
async def called_later(name: str) -> str:  # unseen: timing
    loop = asyncio.get_running_loop()
    loop.call_later(0.0015, forward, name)  # flags: DBS409
    await ask("a")
    return await ask("b")


@DBOS.workflow()
async def called_soon(name: str) -> str:  # unseen: callback order
    asyncio.get_running_loop().call_soon(save, name)  # flags: DBS409
    return await ask(name)


@DBOS.workflow()
def of_a_future(name: str) -> str:  # unseen: callback order
    future: Future[str] = Future()
    future.add_done_callback(lambda done: save(done.result()))  # flags: DBS409
    future.set_result(name)
    return name
