"""One workflow id per workflow."""

from dbos import DBOS, Queue, SetWorkflowID

orders = Queue("orders")


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def once(name: str) -> str:
    with SetWorkflowID(f"{DBOS.workflow_id}-once"):
        return child(name)


@DBOS.workflow()
def loop_variable(names: list[str]) -> None:
    for name in names:
        with SetWorkflowID(f"child-{name}"):
            child(name)


@DBOS.workflow()
def numbered(names: list[str]) -> None:
    for number, name in enumerate(names):
        identity = f"{DBOS.workflow_id}-{number}"
        with SetWorkflowID(identity):
            orders.enqueue(child, name)


@DBOS.workflow()
def two_ids(name: str) -> None:
    with SetWorkflowID(f"{name}-first"):
        child(name)
    with SetWorkflowID(f"{name}-second"):
        child(name)


@DBOS.workflow()
def either(name: str) -> str:
    if name:
        with SetWorkflowID("either"):
            return child(name)
    with SetWorkflowID("either"):
        return child("nobody")


def main(identity: str) -> None:
    with SetWorkflowID(identity):
        child("name")


def start_once() -> None:
    with SetWorkflowID("the-only-one"):
        DBOS.start_workflow(child, "name")
