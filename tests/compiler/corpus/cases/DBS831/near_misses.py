"""Waiting without polling, and loops about something else."""

from dbos import DBOS


@DBOS.step()
def ready(name: str) -> bool:
    return bool(name)


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def waits_for_result(name: str) -> object:
    return DBOS.start_workflow(child, name).get_result()


@DBOS.workflow()
def waits_for_message(name: str) -> object:
    return DBOS.recv("done", timeout_seconds=3600)


@DBOS.workflow()
def asks_once(name: str) -> str:
    status = DBOS.retrieve_workflow(name).get_status()
    return status.status


@DBOS.workflow()
def polls_the_outside(name: str) -> str:
    while not ready(name):
        DBOS.sleep(60)
    return name


@DBOS.workflow()
def statuses(names: list[str]) -> list[str]:
    return [DBOS.retrieve_workflow(name).get_status().status for name in names]


@DBOS.workflow()
def periodic(count: int) -> int:
    while count > 0:
        DBOS.sleep(60)
        count -= 1
    return count
