"""Cancellation that is swallowed: the workflow goes on although it was cancelled."""

import asyncio
from contextlib import suppress

from dbos import DBOS
from dbos.error import DBOSWorkflowCancelledError


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.step()
async def charge_async(name: str) -> str:
    return name


def careless(name: str) -> str:
    try:
        return charge(name)
    except:  # flags: DBS819
        return "failed"


@DBOS.workflow()
def everything(name: str) -> str:
    try:
        return charge(name)
    except BaseException:  # flags: DBS819
        return "failed"


@DBOS.workflow()
def bare(names: list[str]) -> int:
    for name in names:
        try:
            charge(name)
        except:  # flags: DBS819
            continue
    return len(names)


@DBOS.workflow()
async def cancelled_task(name: str) -> str:
    try:
        return await charge_async(name)
    except asyncio.CancelledError:  # flags: DBS819
        return "cancelled"


@DBOS.workflow()
def by_name(name: str) -> str:
    try:
        return charge(name)
    except DBOSWorkflowCancelledError:  # flags: DBS819
        return "cancelled"


@DBOS.workflow()
def by_helper(name: str) -> str:
    return careless(name)


@DBOS.workflow()
def suppressed(name: str) -> str:
    with suppress(BaseException):  # flags: DBS819
        charge(name)
    return name
