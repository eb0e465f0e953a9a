"""Workflows that are passed, with their arguments beside them."""

from collections.abc import Callable
from functools import partial
from itertools import repeat

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
async def async_child(name: str) -> str:
    return name


class Shop:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str) -> str:
        return name

    def enqueue(self, value: str) -> str:
        return value


WORKFLOWS = {"child": child, "sell": Shop.sell}
alias = child


@DBOS.workflow()
def started(name: str) -> str:
    return DBOS.start_workflow(child, name).workflow_id


@DBOS.workflow()
def enqueued(name: str) -> str:
    return orders.enqueue(Shop.sell, name).workflow_id


@DBOS.workflow()
def by_alias(name: str) -> str:
    return DBOS.start_workflow(alias, child(name)).workflow_id


@DBOS.workflow()
def by_table(name: str) -> str:
    return DBOS.start_workflow(WORKFLOWS["sell"], name).workflow_id


def by_parameter(workflow: Callable[[str], str], name: str) -> str:
    return DBOS.start_workflow(workflow, name).workflow_id


@DBOS.workflow()
async def started_async(name: str) -> str:
    handle = await DBOS.start_workflow_async(async_child, name)
    return handle.workflow_id


def own_enqueue(name: str) -> str:
    return Shop().enqueue(child(name))


def by_queue_name(name: str) -> str:
    return DBOS.enqueue_workflow("orders", child, name).workflow_id


def plainly_registered(name: str) -> str:
    return name


DBOS.workflow()(plainly_registered)


def by_the_function_itself(name: str) -> str:
    return DBOS.start_workflow(plainly_registered, name).workflow_id


_bound_later: object = None


def bind_workflow() -> None:
    global _bound_later
    _bound_later = child


def by_a_variable_bound_later(name: str) -> str:
    return DBOS.start_workflow(_bound_later, name).workflow_id


def by_an_operation_handed_on(names: list[str]) -> list[str]:
    started = list(map(DBOS.start_workflow, repeat(child), names))
    enqueued = map(partial(orders.enqueue, child), names)
    return [handle.workflow_id for handle in (*started, *enqueued)]
