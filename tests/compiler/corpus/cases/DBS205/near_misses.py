"""Statements as text, databases in steps and transactions, and values that only look like cursors."""

import sqlite3
from dataclasses import dataclass

from dbos import DBOS


@DBOS.step()
def read(name: str) -> list[tuple[int]]:
    with sqlite3.connect(":memory:") as connection:
        return connection.execute("SELECT 1").fetchall()


@DBOS.transaction()
def balance(name: str) -> object:
    return DBOS.sql_session.execute("SELECT balance").fetchone()


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@dataclass
class Command:
    name: str

    def execute(self) -> str:
        return f"executed {self.name}"

    def commit(self) -> str:
        return "committed"


def statement(table: str) -> str:
    return f"SELECT * FROM {table}"


def fetchone(values: list[str]) -> str:
    return values[0]


@DBOS.workflow()
def in_a_step(name: str) -> int:
    return len(read(name))


@DBOS.workflow()
def in_a_transaction(name: str) -> object:
    return balance(name)


@DBOS.workflow()
def only_text(name: str) -> str:
    save(name, statement("orders"))
    return statement("names")


@DBOS.workflow()
def own_execute(name: str) -> str:
    command = Command(name)
    save(name, command.execute())
    return command.commit()


@DBOS.workflow()
def rows_of_a_step(name: str) -> int:
    rows = read(name)
    first = rows[0][0] if rows else 0
    save(name, first)
    return first


@DBOS.workflow()
def own_fetch(names: list[str]) -> str:
    save("first", fetchone(names))
    return fetchone(names)


@DBOS.workflow()
def error_class(name: str) -> str:
    try:
        save(name, "x")
    except sqlite3.IntegrityError:
        return "twice"
    return "once"
