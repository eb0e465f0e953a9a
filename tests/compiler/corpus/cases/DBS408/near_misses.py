"""Calls that leave the event loop free, and synchronous workflows, where blocking is normal."""

import asyncio

from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return f"charged {name}"


@DBOS.transaction()
def store(name: str) -> str:
    return f"stored {name}"


@DBOS.step()
async def ship(name: str) -> str:
    return f"shipped {name}"


@DBOS.workflow()
async def child(name: str) -> str:
    return await ship(name)


def label(name: str) -> str:
    return name.upper()


@DBOS.workflow()
async def beside_the_loop(name: str) -> str:
    return await asyncio.to_thread(store, name)


@DBOS.workflow()
async def async_step(name: str) -> str:
    return await ship(name)


@DBOS.workflow()
async def pure_helper(name: str) -> str:
    return label(name) + await ship(name)


@DBOS.workflow()
async def async_result(name: str) -> str:
    handle = await DBOS.start_workflow_async(child, name)
    return await handle.get_result()


@DBOS.workflow()
def synchronous(name: str) -> str:
    charge(name)
    return store(name)


@DBOS.workflow()
async def recorded(name: str) -> str:
    answer = await DBOS.run_step_async(None, label, name)
    return str(answer)


@DBOS.workflow()
async def step_beside_the_loop(name: str) -> str:
    answer = await asyncio.to_thread(charge, name)
    return answer + await ship(name)
