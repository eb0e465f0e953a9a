"""Workflows that are called where they should be passed."""

from functools import partial

from dbos import DBOS, Queue

queue = Queue("work")


@DBOS.workflow()
def work(number: int, text: str = "") -> int:
    """Work."""
    return number


def route() -> None:
    """Starts workflows."""
    DBOS.start_workflow(work, 1)
    DBOS.start_workflow(work, 1, text="x")
    queue.enqueue(work, 2)
    queue.enqueue(work, 3, "y")
    queue.enqueue(work)
