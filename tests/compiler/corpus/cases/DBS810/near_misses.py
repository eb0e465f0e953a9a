"""Queues at the top of a module, and other things called queues."""

import queue
from asyncio import Queue as TaskQueue

from dbos import DBOS, Queue

orders = Queue("orders")
limited = Queue("limited", limiter={"limit": 5, "period": 60})
QUEUES = {"small": Queue("small"), "large": Queue("large", concurrency=10)}
if True:
    conditional = Queue("conditional")


class Shop:
    line = Queue("line")


class Queueing:
    def Queue(self, name: str) -> str:
        return name


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def uses_a_module_queue(name: str) -> str:
    return orders.enqueue(child, name).workflow_id


@DBOS.workflow()
def uses_a_table(name: str) -> str:
    return QUEUES["small"].enqueue(child, name).workflow_id


@DBOS.step()
def thread_queue(name: str) -> int:
    waiting: queue.Queue[str] = queue.Queue()
    waiting.put(name)
    return waiting.qsize()


@DBOS.step()
async def task_queue(name: str) -> int:
    return TaskQueue().qsize()


def own(name: str) -> str:
    return Queueing().Queue(name)


def typed(queue: Queue, name: str) -> str:
    return queue.enqueue(child, name).workflow_id
