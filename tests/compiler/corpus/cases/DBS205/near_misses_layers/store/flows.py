"""The same layers behind steps and transactions."""

import asyncio

from dbos import DBOS
from store.repository import latest
from store.service import OrderService, service


@DBOS.step()
def place(name: str) -> str:
    return service.place(name)


@DBOS.transaction()
def newest() -> int:
    return OrderService.newest()


@DBOS.workflow()
def place_order(name: str) -> str:
    return place(name)


@DBOS.workflow()
def newest_order(name: str) -> int:
    return newest()


@DBOS.workflow()
def recorded(name: str) -> object:
    return DBOS.run_step({"name": "latest"}, latest)


@DBOS.workflow()
def recorded_method(name: str) -> object:
    return DBOS.run_step(None, service.place, name)


@DBOS.workflow()
async def beside_the_loop(name: str) -> int:
    return await asyncio.to_thread(newest)


@DBOS.workflow()
def only_held(name: str) -> str:
    return service.repository_class.table + name
