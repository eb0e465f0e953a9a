"""Transactions that stay with the database."""

from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


def label(name: str) -> str:
    return name.upper()


def insert(name: str) -> None:
    DBOS.sql_session.execute("INSERT", {"name": name})


class Row:
    def charge(self, name: str) -> str:
        return name


@DBOS.transaction()
def pure_helper(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return label(name)


@DBOS.transaction()
def database_helper(name: str) -> None:
    insert(name)


@DBOS.transaction()
def own_method(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return Row().charge(name)


@DBOS.transaction()
def only_named(name: str) -> str:
    DBOS.sql_session.execute("SELECT 1")
    return charge.__name__


@DBOS.workflow()
def one_after_the_other(name: str) -> str:
    database_helper(name)
    return charge(pure_helper(name))


@DBOS.transaction()
def rows(name: str) -> list[str]:
    return [label(row[0]) for row in DBOS.sql_session.execute("SELECT name")]
