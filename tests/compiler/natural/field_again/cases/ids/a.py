from __future__ import annotations

import secrets
import time
from uuid import uuid4

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID

q = Queue("q")


def fresh(prefix: str) -> str:
    return f"{prefix}-{uuid4()}"  # flags: DBS104


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.step()
def make_id() -> str:
    return secrets.token_hex()


@DBOS.workflow()
def starts(name: str) -> None:
    with SetWorkflowID(fresh(name)):  # flags: DBS105
        DBOS.start_workflow(child, name)
    with SetWorkflowID(make_id()):
        DBOS.start_workflow(child, name)


@DBOS.workflow()
def dedups(name: str) -> None:
    stamp = int(time.time())  # flags: DBS001
    with SetEnqueueOptions(deduplication_id=f"{name}-{stamp}"):  # flags: DBS105
        q.enqueue(child, name)
    with SetEnqueueOptions(deduplication_id=f"{name}-{DBOS.workflow_id}"):
        q.enqueue(child, name)


def endpoint(name: str) -> str:
    with SetWorkflowID(str(uuid4())):
        return q.enqueue(child, name).workflow_id
