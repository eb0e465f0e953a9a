"""Workflow names, as text, that exist, or that only the run knows."""

from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders")
client = DBOSClient("sqlite:///shop.sqlite")


@DBOS.workflow()
def process(name: str) -> str:
    return name


@DBOS.workflow(name="custom name")
def named(name: str) -> str:
    return name


class Shop:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str) -> str:
        return name


def known(name: str) -> object:
    return client.enqueue({"workflow_name": "process", "queue_name": "orders"}, name)


def custom(name: str) -> object:
    return client.enqueue({"workflow_name": "custom name", "queue_name": "orders"}, name)


def of_a_class(name: str) -> object:
    return client.enqueue({"workflow_name": "Shop.sell", "queue_name": "orders"}, name)


def by_parameter(workflow_name: str, name: str) -> object:
    return client.enqueue({"workflow_name": workflow_name, "queue_name": "orders"}, name)


def by_attribute(name: str) -> object:
    return client.enqueue({"workflow_name": process.__qualname__, "queue_name": "orders"}, name)


def own_dictionary(name: str) -> dict[str, str]:
    return {"workflow_name": "not a workflow"}


def listed() -> object:
    return DBOS.list_workflows(name="process")
