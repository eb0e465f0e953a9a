"""Queues made where they are used."""

from dbos import DBOS, Queue


@DBOS.workflow()
def work(number: int) -> int:
    """Work."""
    return number


queue = Queue("spread", concurrency=5)


@DBOS.workflow()
def spread(numbers: list[int]) -> None:
    """Declares a queue at each run."""
    for number in numbers:
        queue.enqueue(work, number)


mail_out_queue = Queue("Mail out")


@DBOS.workflow()
def once(number: int) -> None:
    """Declares another."""
    mail_out_queue.enqueue(work, number)
