"""SQL that is put together from values."""

from sqlalchemy import text

from dbos import DBOS


def condition(name: str) -> str:
    return f"name = '{name}'"


class Ledger:
    @DBOS.transaction()
    def total(self, name: str) -> object:
        return DBOS.sql_session.execute(text(f"SELECT 1 WHERE name = '{name}'"))  # flags: DBS830:warning


@DBOS.transaction()
def f_string(name: str) -> object:
    return DBOS.sql_session.execute(text(f"SELECT * FROM orders WHERE id = '{name}'"))  # flags: DBS830:warning


@DBOS.transaction()
def added(name: str) -> object:
    return DBOS.sql_session.execute(text("SELECT * FROM orders WHERE id = '" + name + "'"))  # flags: DBS830:warning


@DBOS.transaction()
def formatted(name: str) -> object:
    query = "SELECT * FROM orders WHERE id = '{}'".format(name)
    return DBOS.sql_session.execute(text(query))  # flags: DBS830:warning


@DBOS.transaction()
def percent(name: str) -> object:
    return DBOS.sql_session.execute(text("DELETE FROM orders WHERE id = '%s'" % name))  # flags: DBS830:warning


@DBOS.transaction()
def by_helper(name: str) -> object:
    return DBOS.sql_session.execute(text("SELECT * FROM orders WHERE " + condition(name)))  # flags: DBS830:warning
