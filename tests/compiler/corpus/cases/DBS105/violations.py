"""Random values as identities of children: each recovery starts another child."""

import random
import time
import uuid
from uuid import uuid4

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID

orders = Queue("orders")
customers = Queue("customers", partition_queue=True)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.workflow()
def child(name: str) -> str:  # steady: the child itself is clean
    save("child", name)
    return name


def fresh_id(prefix: str) -> str:
    return f"{prefix}-{uuid4()}"  # flags: DBS104


@DBOS.workflow()
def random_child(name: str) -> str:
    with SetWorkflowID(str(uuid.uuid4())):  # flags: DBS104 DBS105
        return child(name)


@DBOS.workflow()
def clock_child(name: str) -> None:
    child_id = f"{name}-{time.time()}"  # flags: DBS001
    with SetWorkflowID(child_id):  # flags: DBS105
        DBOS.start_workflow(child, name)


@DBOS.workflow()
def helper_child(name: str) -> None:
    with SetWorkflowID(fresh_id(name)):  # flags: DBS105
        orders.enqueue(child, name)


@DBOS.workflow()
def random_deduplication(name: str) -> None:
    key = uuid4().hex  # flags: DBS104
    with SetEnqueueOptions(deduplication_id=key):  # flags: DBS105
        orders.enqueue(child, name)


@DBOS.workflow()
def random_partition(name: str) -> None:
    shard = str(random.randint(0, 1_000_000))  # flags: DBS101
    with SetEnqueueOptions(queue_partition_key=shard):  # flags: DBS105
        customers.enqueue(child, name)


@DBOS.workflow()
def children_in_a_loop(names: list[str]) -> None:
    for name in names:
        with SetWorkflowID(f"{name}-{random.random()}"):  # flags: DBS101 DBS105
            orders.enqueue(child, name)
