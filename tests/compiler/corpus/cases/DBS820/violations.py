"""A workflow that is called where it should be passed, or something else that is passed."""

from functools import partial

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
async def async_child(name: str) -> str:
    return name


def plain(name: str) -> str:
    return name


@DBOS.workflow()
def started(name: str) -> str:
    return DBOS.start_workflow(child(name)).workflow_id  # flags: DBS820


@DBOS.workflow()
def enqueued(name: str) -> str:
    return orders.enqueue(child(name)).workflow_id  # flags: DBS820


@DBOS.workflow()
def by_lambda(name: str) -> str:
    return DBOS.start_workflow(lambda: child(name)).workflow_id  # flags: DBS820


@DBOS.workflow()
def by_partial(name: str) -> str:
    return DBOS.start_workflow(partial(child, name)).workflow_id  # flags: DBS820


def unregistered(name: str) -> str:
    return DBOS.start_workflow(plain, name).workflow_id  # flags: DBS820


def enqueued_plain(name: str) -> str:
    return orders.enqueue(plain, name).workflow_id  # flags: DBS820


@DBOS.workflow()
async def started_async(name: str) -> str:
    handle = await DBOS.start_workflow_async(async_child(name))  # flags: DBS820
    return handle.workflow_id


def endpoint(name: str) -> str:
    return DBOS.start_workflow(child(name)).workflow_id  # flags: DBS820


def by_name(name: str) -> str:
    return DBOS.start_workflow("child", name).workflow_id  # flags: DBS820


def by_name_in_a_queue(name: str) -> str:
    return DBOS.enqueue_workflow("orders", "child", name).workflow_id  # flags: DBS820
