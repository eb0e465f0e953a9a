"""Workflows called, started or enqueued inside a step."""

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
async def async_child(name: str) -> str:
    return name


def begin(name: str) -> None:
    DBOS.start_workflow(child, name)  # flags: DBS801


class Shop:
    @DBOS.step()
    def sell(self, name: str) -> str:
        orders.enqueue(child, name)  # flags: DBS801
        return name


@DBOS.step()
def starts(name: str) -> str:
    handle = DBOS.start_workflow(child, name)  # flags: DBS801
    return handle.workflow_id


@DBOS.step()
def calls(name: str) -> str:
    return child(name)  # flags: DBS801


@DBOS.step()
def enqueues(names: list[str]) -> int:
    for name in names:
        orders.enqueue(child, name)  # flags: DBS801
    return len(names)


@DBOS.step()
async def starts_async(name: str) -> str:
    handle = await DBOS.start_workflow_async(async_child, name)  # flags: DBS801
    return handle.workflow_id


@DBOS.step()
def by_helper(name: str) -> str:
    begin(name)
    return name


@DBOS.workflow()
def parent(name: str) -> str:
    def work() -> str:
        return child(name)  # flags: DBS801

    return str(DBOS.run_step({"name": "work"}, work))
