"""Blocking calls on the event loop: every other workflow of the process waits."""

import requests

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
def child(name: str) -> str:  # unseen: blocking
    return charge(name)


async def helper(name: str) -> str:
    return store(name)  # flags: DBS408:warning


class Shop:
    @DBOS.step()
    def pack(self, name: str) -> str:
        return f"packed {name}"


@DBOS.workflow()
async def blocking_step(name: str) -> str:  # unseen: blocking
    answer = charge(name)  # flags: DBS408:warning
    return answer + await ship(name)


@DBOS.workflow()
async def blocking_transaction(name: str) -> str:  # unseen: blocking
    store(name)  # flags: DBS408:warning
    return await ship(name)


@DBOS.workflow()
async def blocking_helper(name: str) -> str:  # unseen: blocking
    return await helper(name)


@DBOS.workflow()
async def blocking_result(name: str) -> str:  # unseen: blocking
    handle = DBOS.retrieve_workflow(name)  # flags: DBS809
    return handle.get_result()  # flags: DBS408:warning


@DBOS.workflow()
async def blocking_method(name: str) -> str:  # unseen: blocking
    return Shop().pack(name)  # flags: DBS408:warning


@DBOS.workflow()
async def blocking_child(name: str) -> str:  # unseen: blocking
    answer = child(name)  # flags: DBS408:warning
    return answer + await ship(name)


@DBOS.workflow()
async def blocking_in_a_loop(names: list[str]) -> list[str]:  # unseen: blocking
    return [charge(name) for name in names]  # flags: DBS408:warning
