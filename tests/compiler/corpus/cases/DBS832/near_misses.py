"""Stubs outside workflows, and workflows started as the functions that they are."""

from dbos import DBOS, Queue
from shop.dbos_registry import checkout, registry

queue = Queue("packing")


@DBOS.workflow()
def pack(order_id: str) -> str:
    return order_id


@DBOS.step()
def reach(order_id: str) -> str:
    with registry.connect("postgresql://elsewhere/shop"):
        return checkout.start(order_id).workflow_id


@DBOS.workflow()
def start(order_id: str) -> str:
    DBOS.start_workflow(pack, order_id)
    queue.enqueue(pack, order_id)
    return reach(order_id)


def handler(order_id: str) -> str:
    return checkout.start(order_id).workflow_id


def elsewhere(order_id: str) -> str:
    with registry.connect("postgresql://elsewhere/shop"):
        return checkout.enqueue("packing", order_id).workflow_id


@DBOS.workflow()
def runs_its_own(order_id: str) -> str:
    return pack(order_id)


@DBOS.workflow()
def names_a_stub(order_id: str) -> str:
    DBOS.logger.info("not %s", checkout)
    return pack(order_id)
