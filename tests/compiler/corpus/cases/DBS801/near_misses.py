"""Workflows called, started and enqueued where that is allowed."""

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.step()
def label(name: str) -> str:
    return name.upper()


def begin(name: str) -> None:
    DBOS.start_workflow(child, name)


class Shop:
    def start_workflow(self, name: str) -> str:
        return name

    def enqueue(self, name: str) -> str:
        return name


@DBOS.workflow()
def starts(name: str) -> str:
    return DBOS.start_workflow(child, name).workflow_id


@DBOS.workflow()
def calls(name: str) -> str:
    return child(label(name))


@DBOS.workflow()
def enqueues(name: str) -> str:
    return orders.enqueue(child, name).workflow_id


@DBOS.workflow()
def by_helper(name: str) -> str:
    begin(name)
    return name


@DBOS.step()
def own_methods(name: str) -> str:
    shop = Shop()
    return shop.start_workflow(name) + shop.enqueue(name)


@DBOS.step()
def only_named(name: str) -> str:
    return child.__name__ + name


def endpoint(name: str) -> str:
    return child(name)
