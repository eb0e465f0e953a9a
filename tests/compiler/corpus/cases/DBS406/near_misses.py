"""Coroutines that are awaited later, handed on, or returned."""

import asyncio

from dbos import DBOS, Queue

orders = Queue("orders")


@DBOS.step()
async def charge(name: str) -> str:
    return f"charged {name}"


@DBOS.step()
def ship(name: str) -> str:
    return f"shipped {name}"


@DBOS.workflow()
async def child(name: str) -> str:
    return await charge(name)


def later(name: str):
    return charge(name)


@DBOS.workflow()
async def awaited_later(name: str) -> str:
    waiting = charge(name)
    label = name.upper()
    return label + await waiting


@DBOS.workflow()
async def handed_on(names: list[str]) -> list[object]:
    waiting = [charge(name) for name in names]
    return await asyncio.gather(*waiting, return_exceptions=True)


@DBOS.workflow()
async def returned_by_a_helper(name: str) -> str:
    return await later(name)


@DBOS.workflow()
def synchronous_step(name: str) -> str:
    ship(name)
    return name


@DBOS.workflow()
async def passed_not_called(name: str) -> str:
    handle = await DBOS.start_workflow_async(child, name)
    return await handle.get_result()


@DBOS.workflow()
async def enqueued(name: str) -> str:
    handle = await orders.enqueue_async(child, name)
    return handle.workflow_id


@DBOS.workflow()
async def conditional(name: str) -> str:
    waiting = charge(name) if name else charge("nobody")
    return await waiting


async def plain_code_awaits(name: str) -> str:
    handle = await DBOS.start_workflow_async(child, name)
    return await child(name) + handle.workflow_id


async def plain_code_schedules(name: str) -> None:
    asyncio.create_task(child(name))


def plain_code_runs(name: str) -> str:
    return asyncio.run(child(name))


def plain_code_hands_on(name: str) -> object:
    return child(name)


def plain_code_keeps(name: str) -> None:
    global kept
    kept = child(name)


@DBOS.step()
async def look_up(name: str) -> dict[str, str]:
    return {"name": name}


@DBOS.workflow()
async def awaits_before_it_asks(name: str) -> str:
    found = look_up(name)
    known = await found
    return known["name"]


@DBOS.workflow()
async def awaits_under_the_same_name(name: str) -> str:
    found: object = look_up(name)
    if name:
        found = await look_up(name)
        return str(found["name"])
    return ""


@DBOS.workflow()
async def closes_what_it_does_not_need(name: str) -> str:
    found = look_up(name)
    found.close()
    return name


@DBOS.workflow()
async def keeps_it_by_name(name: str) -> str:
    waiting = {}
    found = look_up(name)
    waiting[name] = found
    return str(await waiting[name])
