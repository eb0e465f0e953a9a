"""Queues made where they are used."""

from dbos import DBOS, Queue


@DBOS.workflow()
def work(number: int) -> int:
    """Work."""
    return number


@DBOS.workflow()
def spread(numbers: list[int]) -> None:
    """Declares a queue at each run."""
    queue = Queue("spread", concurrency=5)  # fix DBS810: Queue("spread", concurrency=5)
    for number in numbers:
        queue.enqueue(work, number)


@DBOS.workflow()
def once(number: int) -> None:
    """Declares another."""
    Queue("Mail out").enqueue(work, number)  # fix DBS810: Queue("Mail out")
