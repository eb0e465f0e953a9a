"""The synchronous API in coroutines, and the other way round."""

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
async def async_child(name: str) -> str:
    return name


async def helper(name: str) -> None:
    DBOS.set_event("state", name)  # flags: DBS809


@DBOS.workflow()
async def sleeps(name: str) -> str:
    DBOS.sleep(1)  # flags: DBS809
    return name


@DBOS.workflow()
async def receives(name: str) -> object:
    return DBOS.recv("paid")  # flags: DBS809


@DBOS.workflow()
async def starts(name: str) -> str:
    handle = DBOS.start_workflow(child, name)  # flags: DBS809
    return handle.workflow_id


@DBOS.workflow()
async def enqueues(name: str) -> str:
    handle = orders.enqueue(child, name)  # flags: DBS809
    return handle.workflow_id


@DBOS.workflow()
async def by_helper(name: str) -> str:
    await helper(name)
    return name


@DBOS.workflow()
async def sends(name: str) -> str:
    DBOS.send(name, "hello", "paid")  # flags: DBS809
    return name


@DBOS.workflow()
async def waits(name: str) -> object:
    return DBOS.get_event(name, "state")  # flags: DBS809


@DBOS.step()
async def streams_from_a_step(name: str) -> str:
    DBOS.write_stream("names", name)  # flags: DBS809
    return name
