from __future__ import annotations

import asyncio
import json

from dbos import DBOS
from dbos.error import DBOSWorkflowCancelledError


@DBOS.step()
def fetch(name: str) -> str:
    return name


@DBOS.step()
def alert(name: str) -> None:
    print(name)


@DBOS.workflow()
def swallowed(name: str) -> str:
    try:
        return fetch(name)
    except (ValueError, DBOSWorkflowCancelledError):  # flags: DBS819
        return "none"


@DBOS.workflow()
def reraised(name: str) -> str:
    try:
        return fetch(name)
    except BaseException:
        alert(name)
        raise


@DBOS.workflow()
def machine(text: str) -> str:
    try:
        data = json.loads(text)
    except (MemoryError, RecursionError):  # flags: DBS706
        alert("big")
        return ""
    return fetch(data["name"])


@DBOS.workflow()
def parsed(text: str) -> str:
    try:
        data = json.loads(text)
    except ValueError:
        alert("bad")
        return ""
    return fetch(data["name"])


@DBOS.workflow()
async def asynchronous(name: str) -> str:
    try:
        await DBOS.sleep_async(1)
    except asyncio.CancelledError:  # flags: DBS819
        return "cancelled"
    return name


@DBOS.workflow()
def polls(name: str) -> str:
    while True:  # flags: DBS707
        fetch(name)
        DBOS.sleep(5)
