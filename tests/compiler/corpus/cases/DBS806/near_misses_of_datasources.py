"""Functions that talk to their database and to nothing else, or do the rest as steps."""

from __future__ import annotations

import requests
from dbos import DBOS, SQLAlchemyDatasource
from sqlalchemy import text

orders = SQLAlchemyDatasource.create("sqlite:///orders.sqlite")


def store(name: str) -> str:
    with orders.sql_session().begin_nested():
        orders.sql_session().execute(text("INSERT INTO orders VALUES (:name)"), {"name": name})
    return name.title()


def tell(name: str) -> int:
    return requests.post("https://example.com", json={"name": name}).status_code


@DBOS.workflow()
def order(name: str) -> str:
    DBOS.run_step({"name": "tell"}, tell, name)
    return orders.run_tx_step({"name": "store"}, store, name)
