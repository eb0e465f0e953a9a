"""Workflow names, as text, that no workflow has."""

from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders")
client = DBOSClient("sqlite:///shop.sqlite")
OPTIONS = {"workflow_name": "proces", "queue_name": "orders"}


@DBOS.workflow()
def process(name: str) -> str:
    return name


class Shop:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str) -> str:
        return name

    def send(self, name: str) -> object:
        return client.enqueue({"workflow_name": "sell", "queue_name": "orders"}, name)  # flags: DBS822:warning


def literal(name: str) -> object:
    return client.enqueue({"workflow_name": "proces", "queue_name": "orders"}, name)  # flags: DBS822:warning


def by_constant(name: str) -> object:
    return client.enqueue(OPTIONS, name)  # flags: DBS822:warning


def by_variable(name: str) -> object:
    options = {"workflow_name": "Process", "queue_name": "orders"}
    return client.enqueue(options, name)  # flags: DBS822:warning


async def later(name: str) -> object:
    return await client.enqueue_async({"workflow_name": "unknown", "queue_name": "orders"}, name)  # flags: DBS822:warning


def listed() -> object:
    return DBOS.list_workflows(name="procss")  # flags: DBS822:warning
