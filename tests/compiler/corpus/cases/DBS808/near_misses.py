"""Coroutines that are no transactions, and transactions that are no coroutines."""

import asyncio

from dbos import DBOS


def transaction(function):
    return function


@DBOS.transaction()
def synchronous(name: str) -> None:
    DBOS.sql_session.execute("INSERT")


@DBOS.step()
async def async_step(name: str) -> str:
    return name


@DBOS.workflow()
async def async_workflow(name: str) -> str:
    await asyncio.to_thread(synchronous, name)
    return await async_step(name)


@transaction
async def own_decorator(name: str) -> str:
    return name


class Ledger:
    @DBOS.transaction()
    def book(self, name: str) -> None:
        DBOS.sql_session.execute("INSERT")


async def plain(name: str) -> str:
    return name
