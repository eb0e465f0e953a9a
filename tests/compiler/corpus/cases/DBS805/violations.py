"""The session of transactions, used outside of one."""

from dbos import DBOS, SQLAlchemyDatasource


@DBOS.workflow()
def in_a_workflow(name: str) -> object:
    return DBOS.sql_session.execute("SELECT 1").fetchone()  # flags: DBS805


@DBOS.step()
def in_a_step(name: str) -> object:
    return DBOS.sql_session.execute("SELECT 1").fetchone()  # flags: DBS805


def balance(name: str) -> object:
    return DBOS.sql_session.execute("SELECT 2").fetchone()  # flags: DBS805


@DBOS.workflow()
def by_helper(name: str) -> object:
    return balance(name)


class Ledger:
    def total(self) -> object:
        session = DBOS.sql_session  # flags: DBS805
        return session.execute("SELECT 3").scalar()


@DBOS.step()
def by_method(name: str) -> object:
    return Ledger().total()


@DBOS.workflow()
def inserts(name: str) -> str:
    DBOS.sql_session.add(name)  # flags: DBS805
    return name


@DBOS.workflow()
def by_lambda(name: str) -> object:
    query = lambda: DBOS.sql_session.execute("SELECT 4")  # flags: DBS805
    return query()


stock = SQLAlchemyDatasource.create("sqlite:///stock.sqlite")


def rows_of(source: SQLAlchemyDatasource) -> object:
    return source.sql_session().execute("select 1")  # flags: DBS805


@DBOS.workflow()
def rows_outside(name: str) -> object:
    return rows_of(stock)
