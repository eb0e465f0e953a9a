"""Loops that ask again and again for what could be waited for."""

from dbos import DBOS


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.workflow()
def polls_status(name: str) -> object:
    handle = DBOS.start_workflow(child, name)
    while handle.get_status().status == "PENDING":  # flags: DBS831:info
        DBOS.sleep(1)
    return handle.get_result()


@DBOS.workflow()
def polls_by_id(name: str) -> str:
    while DBOS.get_workflow_status(name).status != "SUCCESS":  # flags: DBS831:info
        DBOS.sleep(5)
    return name


@DBOS.workflow()
def polls_event(name: str) -> object:
    value = None
    while value is None:  # flags: DBS831:info
        value = DBOS.get_event(name, "state", timeout_seconds=0)
        DBOS.sleep(1)
    return value


def endpoint(name: str) -> object:
    handle = DBOS.start_workflow(child, name)
    while handle.get_status().status in ("PENDING", "ENQUEUED"):  # flags: DBS831:info
        DBOS.sleep(1)
    return handle.get_result()


@DBOS.workflow()
async def polls_later(name: str) -> object:
    handle = await DBOS.start_workflow_async(child, name)
    while (await handle.get_status()).status == "PENDING":  # flags: DBS831:info
        await DBOS.sleep_async(1)
    return await handle.get_result()


@DBOS.workflow()
def inner_check(name: str) -> str:
    handle = DBOS.retrieve_workflow(name)
    while name:  # flags: DBS831:info
        if handle.get_status().status == "SUCCESS":
            break
        DBOS.sleep(1)
    return name
