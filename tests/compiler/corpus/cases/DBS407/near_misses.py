"""Containers without tasks, durable queues, and locks inside steps."""

import asyncio
import threading
from collections import deque

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.step()
def locked(name: str) -> str:
    lock = threading.Lock()
    with lock:
        return f"locked {name}"


@DBOS.step()
async def fed(names: list[str]) -> list[str]:
    line: asyncio.Queue[str] = asyncio.Queue()
    for name in names:
        line.put_nowait(name)
    return [line.get_nowait() for _ in names]


@DBOS.workflow()
def child(name: str) -> str:
    return locked(name)


class Event:
    def __init__(self, title: str) -> None:
        self.title = title

    def set(self, title: str) -> None:
        self.title = title


class Lock:
    owner = "nobody"


@DBOS.workflow()
def in_order(names: list[str]) -> list[str]:
    line = deque(names)
    line.append("last")
    return [locked(line.popleft()) for _ in names]


@DBOS.workflow()
def durable_queue(names: list[str]) -> list[object]:
    handles = [orders.enqueue(child, name) for name in names]
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def lock_in_a_step(name: str) -> str:
    return locked(name)


@DBOS.workflow()
async def queue_in_a_step(names: list[str]) -> list[str]:
    return await fed(names)


@DBOS.workflow()
def own_event(name: str) -> str:
    event = Event(name)
    event.set("concert")
    locked(event.title)
    return event.title


@DBOS.workflow()
def own_lock(name: str) -> str:
    locked(name)
    return Lock().owner
