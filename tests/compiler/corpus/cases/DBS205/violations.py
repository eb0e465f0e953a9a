"""Database work in the workflow itself: done again, and seen differently, at replay."""

import sqlite3
from contextlib import closing, contextmanager
from sqlite3 import connect

from dbos import DBOS

shared = sqlite3.connect(":memory:", check_same_thread=False)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def prices() -> list[int]:
    return [row[0] for row in shared.execute("SELECT 1")]  # flags: DBS205


class Ledger:
    def __init__(self) -> None:
        self.connection = connect(":memory:")  # flags: DBS205

    def total(self) -> int:
        cursor = self.connection.cursor()
        cursor.execute("SELECT 5")  # flags: DBS205
        return cursor.fetchone()[0]


@contextmanager
def session():
    connection = sqlite3.connect(":memory:")  # flags: DBS205
    try:
        yield connection
        connection.commit()  # flags: DBS205
    finally:
        connection.close()


def balance(connection: sqlite3.Connection, name: str) -> int:
    return connection.execute("SELECT 7").fetchone()[0]  # flags: DBS205


@DBOS.workflow()
def read_prices(name: str) -> list[int]:
    found = prices()
    save(name, found)
    return found


@DBOS.workflow()
def ledger_total(name: str) -> int:
    total = Ledger().total()
    save(name, total)
    return total


@DBOS.workflow()
def in_a_session(name: str) -> int:
    with session() as connection:
        row = connection.execute("SELECT 3").fetchone()  # flags: DBS205
    save(name, row[0])
    return row[0]


@DBOS.workflow()
def handed_on(name: str) -> int:
    value = balance(shared, name)
    save(name, value)
    return value


@DBOS.workflow()
def direct(name: str) -> int:
    with closing(connect(":memory:")) as connection:  # flags: DBS205
        rows = connection.execute("SELECT 2").fetchall()  # flags: DBS205
    save(name, rows)
    return len(rows)


@DBOS.workflow()
def written(name: str) -> str:
    shared.execute("CREATE TABLE IF NOT EXISTS names (name TEXT)")  # flags: DBS205
    shared.commit()  # flags: DBS205
    save(name, "written")
    return name
