"""Functions that become transactions where they are called."""

from __future__ import annotations

import requests
from dbos import DBOS, AsyncSQLAlchemyDatasource, SQLAlchemyDatasource
from sqlalchemy import text

orders = SQLAlchemyDatasource.create("sqlite:///orders.sqlite")
stock = AsyncSQLAlchemyDatasource.create("postgresql+asyncpg://stock")


def tell(name: str) -> None:
    requests.post("https://example.com", json={"name": name})  # flags: DBS806


def store(name: str) -> str:
    orders.sql_session().execute(text("INSERT INTO orders VALUES (:name)"), {"name": name})
    tell(name)
    return name


def finish(name: str) -> None:
    session = orders.sql_session()
    session.execute(text("DELETE FROM orders"))
    session.commit()  # flags: DBS807


async def count(name: str) -> str:
    return open(name).read()  # flags: DBS806


@DBOS.workflow()
def order(name: str) -> str:
    orders.run_tx_step({"name": "finish"}, finish, name)
    return orders.run_tx_step({"name": "store"}, store, name)


@DBOS.workflow()
async def inventory(name: str) -> str:
    return await stock.run_tx_step_async({"name": "count"}, count, name)
