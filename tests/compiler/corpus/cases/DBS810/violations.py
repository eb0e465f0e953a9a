"""Queues that are declared where a worker never looks."""

import dbos
from dbos import DBOS, Queue
from dbos import Queue as Line


@DBOS.workflow()
def child(name: str) -> str:
    return name


def make(name: str) -> Queue:
    return Queue(name)  # flags: DBS810:warning


class Shop:
    def __init__(self) -> None:
        self.queue = Queue("shop")  # flags: DBS810


@DBOS.workflow()
def in_a_workflow(name: str) -> str:
    queue = Queue("inside")  # flags: DBS810:error
    return queue.enqueue(child, name).workflow_id


def endpoint(name: str) -> str:
    queue = Line("endpoint", concurrency=3)  # flags: DBS810
    return queue.enqueue(child, name).workflow_id


@DBOS.step()
def in_a_step(name: str) -> str:
    return dbos.Queue("step").name  # flags: DBS810


@DBOS.workflow()
def in_a_loop(names: list[str]) -> int:
    for name in names:
        Queue(f"queue-{name}").enqueue(child, name)  # flags: DBS810
    return len(names)
