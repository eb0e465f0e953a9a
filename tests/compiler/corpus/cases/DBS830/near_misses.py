"""SQL with bound parameters, or put together from constants."""

from sqlalchemy import select, text
from sqlalchemy.sql import column, table

from dbos import DBOS

TABLE = "orders"
COLUMNS = ("id", "name")
orders = table("orders", column("id"))


@DBOS.transaction()
def bound(name: str) -> object:
    return DBOS.sql_session.execute(text("SELECT * FROM orders WHERE id = :id"), {"id": name})


@DBOS.transaction()
def constant_table(name: str) -> object:
    return DBOS.sql_session.execute(text(f"SELECT * FROM {TABLE} WHERE id = :id"), {"id": name})


@DBOS.transaction()
def joined_constants(name: str) -> object:
    query = "SELECT * FROM orders " + "WHERE id = :id"
    return DBOS.sql_session.execute(text(query), {"id": name})


@DBOS.transaction()
def built(name: str) -> object:
    return DBOS.sql_session.execute(select(orders).where(orders.c.id == name))


@DBOS.transaction()
def bind_method(name: str) -> object:
    return DBOS.sql_session.execute(text("SELECT :id").bindparams(id=name))


@DBOS.transaction()
def constant_columns(name: str) -> object:
    return DBOS.sql_session.execute(text("SELECT " + ", ".join(COLUMNS) + " FROM orders"))
