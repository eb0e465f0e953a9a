"""The session of transactions, used in transactions and their helpers."""

from dbos import DBOS, SQLAlchemyDatasource


def balance(name: str) -> object:
    return DBOS.sql_session.execute("SELECT 2").fetchone()


class Ledger:
    sql_session = "not a session"

    def total(self) -> object:
        return DBOS.sql_session.execute("SELECT 3").scalar()


@DBOS.transaction()
def direct(name: str) -> object:
    return DBOS.sql_session.execute("SELECT 1").fetchone()


@DBOS.transaction()
def by_helper(name: str) -> object:
    return balance(name)


@DBOS.transaction()
def by_method(name: str) -> object:
    return Ledger().total()


@DBOS.transaction()
def in_a_variable(name: str) -> list[object]:
    session = DBOS.sql_session
    return [row for row in session.execute("SELECT 4")]


@DBOS.workflow()
def calls_transactions(name: str) -> object:
    direct(name)
    by_helper(name)
    return by_method(name)


@DBOS.workflow()
def own_attribute(name: str) -> str:
    return Ledger.sql_session


stock = SQLAlchemyDatasource.create("sqlite:///stock.sqlite")


@stock.transaction()
def count(name: str) -> object:
    return stock.sql_session().execute("select 1").scalar()


@stock.transaction
def count_plainly(name: str) -> object:
    return rows(name)


def rows(name: str) -> object:
    return stock.sql_session().execute("select 1").scalar()


@DBOS.workflow()
def through_a_datasource(name: str) -> object:
    count(name)
    count_plainly(name)
    return stock.run_tx_step({"name": "rows"}, rows, name)
