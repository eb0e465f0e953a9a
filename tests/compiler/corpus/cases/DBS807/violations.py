"""A transaction that ends itself: its record and its work part ways."""

from dbos import DBOS


def finish() -> None:
    DBOS.sql_session.commit()  # flags: DBS807


class Ledger:
    @DBOS.transaction()
    def book(self, name: str) -> None:
        DBOS.sql_session.execute("INSERT")
        DBOS.sql_session.commit()  # flags: DBS807


@DBOS.transaction()
def commits(name: str) -> None:
    DBOS.sql_session.execute("INSERT")
    DBOS.sql_session.commit()  # flags: DBS807


@DBOS.transaction()
def rolls_back(name: str) -> None:
    DBOS.sql_session.execute("INSERT")
    DBOS.sql_session.rollback()  # flags: DBS807


@DBOS.transaction()
def closes(name: str) -> None:
    session = DBOS.sql_session
    session.execute("INSERT")
    session.close()  # flags: DBS807


@DBOS.transaction()
def begins(name: str) -> None:
    with DBOS.sql_session.begin():  # flags: DBS807
        DBOS.sql_session.execute("INSERT")


@DBOS.transaction()
def by_helper(name: str) -> None:
    DBOS.sql_session.execute("INSERT")
    finish()
