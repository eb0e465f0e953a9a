"""One workflow id for several workflows: only the first one runs."""

from dbos import DBOS, Queue, SetWorkflowID

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


def begin(name: str) -> None:
    with SetWorkflowID("nightly"):  # flags: DBS823:warning
        DBOS.start_workflow(child, name)


@DBOS.workflow()
def in_a_loop(names: list[str]) -> None:
    for name in names:
        with SetWorkflowID("child"):  # flags: DBS823:warning
            child(name)


@DBOS.workflow()
def while_loop(count: int) -> None:
    while count > 0:
        with SetWorkflowID("counted"):  # flags: DBS823:warning
            orders.enqueue(child, "name")
        count -= 1


@DBOS.workflow()
def twice(name: str) -> None:
    with SetWorkflowID("both"):
        child(name)
    with SetWorkflowID("both"):  # flags: DBS823:warning
        child(name)


@DBOS.workflow()
def variable_outside(names: list[str]) -> None:
    identity = f"{DBOS.workflow_id}-child"
    for name in names:
        with SetWorkflowID(identity):  # flags: DBS823:warning
            child(name)


@DBOS.workflow()
def calls_a_helper(names: list[str]) -> None:
    for name in names:
        begin(name)


async def plain(names: list[str]) -> None:
    for name in names:
        with SetWorkflowID("plain"):  # flags: DBS823:warning
            await DBOS.start_workflow_async(child, name)
