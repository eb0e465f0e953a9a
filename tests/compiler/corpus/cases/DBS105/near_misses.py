"""Identities of children that a replay computes again, or that come from a step."""

import uuid

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID

orders = Queue("orders")
customers = Queue("customers", partition_queue=True)


@DBOS.step()
def new_id() -> str:
    return str(uuid.uuid4())


@DBOS.workflow()
def child(name: str) -> str:
    return name


def child_id(name: str) -> str:
    return f"{DBOS.workflow_id}-{name}"


@DBOS.workflow()
def derived_child(name: str) -> str:
    with SetWorkflowID(f"{DBOS.workflow_id}-child"):
        return child(name)


@DBOS.workflow()
def helper_child(name: str) -> str:
    with SetWorkflowID(child_id(name)):
        return child(name)


@DBOS.workflow()
def recorded_child(name: str) -> None:
    identity = new_id()
    with SetWorkflowID(identity):
        DBOS.start_workflow(child, name)


@DBOS.workflow()
def numbered_children(names: list[str]) -> None:
    for number, name in enumerate(names):
        with SetWorkflowID(f"{DBOS.workflow_id}-{number}"):
            orders.enqueue(child, name)


@DBOS.workflow()
def derived_deduplication(name: str) -> None:
    key = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
    with SetEnqueueOptions(deduplication_id=key):
        orders.enqueue(child, name)


@DBOS.workflow()
def given_partition(name: str, customer: str) -> None:
    with SetEnqueueOptions(queue_partition_key=customer):
        customers.enqueue(child, name)
