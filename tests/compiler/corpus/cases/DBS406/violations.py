"""A coroutine that nobody awaits: the step never runs, or at any time."""

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


@DBOS.workflow()
async def child(name: str) -> str:  # unseen: missing await
    return await charge(name)


async def helper(name: str) -> str:
    charge(name)  # flags: DBS406
    return name


class Shop:
    @DBOS.step()
    async def ship(self, name: str) -> str:
        return f"shipped {name}"

    async def sell(self, name: str) -> None:
        self.ship(name)  # flags: DBS406


@DBOS.workflow()
async def forgotten(name: str) -> str:  # unseen: missing await
    charge(name)  # flags: DBS406
    return name


@DBOS.workflow()
async def forgotten_sleep(name: str) -> str:  # unseen: missing await
    DBOS.sleep_async(5)  # flags: DBS406
    return await charge(name)


@DBOS.workflow()
async def forgotten_event(name: str) -> str:  # unseen: missing await
    DBOS.set_event_async("state", name)  # flags: DBS406
    return await charge(name)


@DBOS.workflow()
async def forgotten_child(name: str) -> str:  # unseen: missing await
    child(name)  # flags: DBS406
    return name


@DBOS.workflow()
async def forgotten_in_a_helper(name: str) -> str:  # unseen: missing await
    return await helper(name)


@DBOS.workflow()
async def forgotten_in_a_method(name: str) -> str:  # unseen: missing await
    await Shop().sell(name)
    return name


@DBOS.workflow()
async def forgotten_queue(name: str) -> str:  # unseen: missing await
    orders.enqueue_async(child, name)  # flags: DBS406
    return name


@DBOS.workflow()
async def kept_but_never_awaited(name: str) -> str:  # unseen: missing await
    waiting = charge(name)  # flags: DBS406
    return name


async def plain_code_starts(name: str) -> None:
    DBOS.start_workflow_async(child_of_plain_code, name)  # flags: DBS406


@DBOS.workflow()
async def child_of_plain_code(name: str) -> str:  # steady: plain code drops it
    return name


async def plain_code_calls(name: str) -> str:
    child_of_plain_code(name)  # flags: DBS406
    return name


def synchronous_plain_code(name: str) -> str:
    child_of_plain_code(name)  # flags: DBS406
    return name


@DBOS.step()
async def look_up(name: str) -> dict[str, str]:
    return {"name": name}


@DBOS.workflow()
async def takes_an_item_of_a_coroutine(name: str) -> str:  # unseen: missing await
    found = look_up(name)  # flags: DBS406
    return found["name"]


@DBOS.workflow()
async def spreads_a_coroutine(name: str) -> dict[str, str]:  # unseen: missing await
    found = look_up(name)  # flags: DBS406
    return {"asked": name, **found}


@DBOS.workflow()
async def asks_a_coroutine_for_a_key(name: str) -> str:  # unseen: missing await
    found = look_up(name)  # flags: DBS406
    if found.get("name"):
        return name
    return "-".join(part for part in found)


def command_line(name: str) -> dict[str, object]:
    result = spreads_a_coroutine(name)  # flags: DBS406
    return {"background": False, **result}
