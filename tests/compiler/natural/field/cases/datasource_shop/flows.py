"""Transactions in the style of the current releases: datasources and run_step."""

from dbos import DBOS, SQLAlchemyDatasource
from sqlalchemy import text
import requests

datasource = SQLAlchemyDatasource.create("sqlite:///shop.db")


@datasource.transaction()
def insert_order(item: str) -> int:
    datasource.sql_session().execute(text("insert into orders values (:i)"), {"i": item})
    return 1


def count_orders() -> int:
    return datasource.sql_session().execute(text("select count(*) from orders")).scalar()  # flags: DBS805


def get_price(item: str) -> int:
    return requests.get(f"https://prices.example/{item}").json()  # flags: DBS201


@DBOS.workflow()
def order(item: str) -> int:
    price = DBOS.run_step({"name": "price"}, get_price, item)
    insert_order(item)
    total = datasource.run_tx_step({"name": "count"}, count_orders)
    again = DBOS.run_step(None, lambda: get_price(item))
    return price + total + again


@DBOS.workflow()
def careless(item: str) -> int:
    insert_order(item)
    return get_price(item)


@DBOS.workflow()
def careless_count(item: str) -> int:
    return count_orders()
