"""Queues that are declared once, under whatever name they are used."""

from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders", concurrency=5)
alias = orders
mails = Queue("mails")
other_case = Queue("Mails")
client = DBOSClient("sqlite:///shop.sqlite")


class Line:
    def __init__(self, name: str) -> None:
        self.name = name


cashier = Line("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def by_alias(name: str) -> str:
    return alias.enqueue(child, name).workflow_id


def known(name: str) -> object:
    return client.enqueue({"workflow_name": "child", "queue_name": "orders"}, name)


def by_variable(name: str, queue_name: str) -> object:
    return client.enqueue({"workflow_name": "child", "queue_name": queue_name}, name)


def by_attribute(name: str) -> object:
    return client.enqueue({"workflow_name": "child", "queue_name": mails.name}, name)


async def later(name: str) -> object:
    return await client.enqueue_async({"workflow_name": "child", "queue_name": "mails"}, name)


def listed() -> object:
    return client.list_queued_workflows(queue_name="orders")
