"""Transactions that end when they return, also with savepoints."""

from dbos import DBOS


class File:
    def close(self) -> str:
        return "closed"

    def commit(self) -> str:
        return "committed"


@DBOS.transaction()
def plain(name: str) -> None:
    DBOS.sql_session.execute("INSERT")


@DBOS.transaction()
def savepoint(name: str) -> None:
    with DBOS.sql_session.begin_nested():
        DBOS.sql_session.execute("INSERT")


@DBOS.transaction()
def flushes(name: str) -> None:
    DBOS.sql_session.add(name)
    DBOS.sql_session.flush()


@DBOS.transaction()
def own_close(name: str) -> str:
    DBOS.sql_session.execute("INSERT")
    return File().close() + File().commit()


@DBOS.transaction()
def raises(name: str) -> None:
    DBOS.sql_session.execute("INSERT")
    if not name:
        raise ValueError("no name")


@DBOS.transaction()
def reads(name: str) -> object:
    return DBOS.sql_session.execute("SELECT commit FROM history").fetchone()
