"""Concurrency that is durable, or that stays inside a step."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from dbos import DBOS, Queue

tasks = Queue("tasks")


@DBOS.transaction()
def store(name: str) -> str:
    return f"stored {name}"


@DBOS.step()
def notify_all(names: list[str]) -> int:
    with ThreadPoolExecutor() as pool:
        return len(list(pool.map(str.upper, names)))


@DBOS.step()
def background(name: str) -> str:
    thread = threading.Thread(target=print, args=(name,))
    thread.start()
    thread.join()
    return name


@DBOS.workflow()
def child(name: str) -> str:
    return store(name)


class Thread:
    """A conversation."""

    def __init__(self, subject: str) -> None:
        self.subject = subject

    def start(self) -> str:
        return f"Re: {self.subject}"


class Pool:
    depth = 2

    def map(self, names: list[str]) -> list[str]:
        return sorted(names)


@DBOS.workflow()
def queued(names: list[str]) -> list[object]:
    handles = [tasks.enqueue(child, name) for name in names]
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
async def transaction_beside_the_loop(name: str) -> str:
    return await asyncio.to_thread(store, name)


@DBOS.workflow()
def threads_in_a_step(names: list[str]) -> int:
    return notify_all(names)


@DBOS.workflow()
def thread_in_a_step(name: str) -> str:
    return background(name)


@DBOS.workflow()
def own_thread(name: str) -> str:
    thread = Thread(name)
    store(name)
    return thread.start()


@DBOS.workflow()
def own_pool(names: list[str]) -> list[str]:
    store(str(Pool.depth))
    return Pool().map(names)


@DBOS.workflow()
def started_children(names: list[str]) -> list[object]:
    handles = [DBOS.start_workflow(child, name) for name in names]
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def only_a_type(name: str, answer: "Future[str] | None" = None) -> str:
    return store(name) if answer is None else name
