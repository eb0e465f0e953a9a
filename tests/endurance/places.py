"""The databases that endurance runs use: made, watched, and kept from working for a while.

In: nothing, or a folder. Out: `SqlitePlace` and `PostgresPlace`: a URL, what can go wrong there, as
names of `troubles` that `make` knows, and the tables of the application, made and read past the
runtime. A place never stays broken: each trouble ends by itself.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Protocol

import psycopg

from support.outages import CuttableServer

TABLES = (
    "CREATE TABLE endured (id TEXT, place INTEGER)",
    "CREATE TABLE endured_total (total INTEGER)",
    "INSERT INTO endured_total VALUES (0)",
)
OURS = "endurance"
END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname ="
    f" current_database() AND application_name <> '{OURS}' AND pid <> pg_backend_pid()"
)
LONGEST_TROUBLE_SECONDS = 8.0


class Place(Protocol):
    """A database, and what can go wrong with it."""

    url: str
    troubles: tuple[str, ...]

    def make(self, trouble: str, random: Random) -> None:
        """Let something go wrong, and be over when this returns."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask past the runtime; `{dbos}` stands before the names of system tables."""

    def left_behind(self) -> list[str]:
        """What dead processes still hold in the database, in words."""

    def close(self) -> None:
        """Give everything back."""


class SqlitePlace:
    """A file in a folder."""

    troubles: tuple[str, ...] = ("locked",)

    def __init__(self, folder: Path) -> None:
        self._path = folder / "endurance.sqlite"
        self._quiet = threading.Event()
        self.url = f"sqlite:///{self._path}"
        with self._connected() as connection:
            for statement in TABLES:
                connection.execute(statement)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=60)
        try:
            yield connection
        finally:
            connection.close()

    def make(self, trouble: str, random: Random) -> None:
        """Hold the lock of the one writer for a while.

        The file is not moved away: a process that is launched meanwhile would make a new one, and
        SQLite loses both when the old one is put back.
        """
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._quiet.wait(random.uniform(0.05, LONGEST_TROUBLE_SECONDS))
            connection.execute("ROLLBACK")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask on a connection of our own."""
        with self._connected() as connection:
            return list(connection.execute(sql.format(dbos="")))

    def left_behind(self) -> list[str]:
        """Nobody may hold the lock, and the file must be whole."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return [] if found == "ok" else [f"the file is damaged: {found}"]

    def close(self) -> None:
        """Nothing is open."""


class PostgresPlace:
    """A server of one's own."""

    troubles: tuple[str, ...] = ("ended", "restarted", "cancelled", "read_only", "table_locked")

    def __init__(self, _: Path | None = None) -> None:
        self._server = CuttableServer()
        self._quiet = threading.Event()
        self._name = self._server.create()
        self.url = self._server.url_of(self._name)
        with self._connected() as connection:
            for statement in TABLES:
                connection.execute(statement.encode())

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True, application_name=OURS)

    def make(self, trouble: str, random: Random) -> None:
        """End connections, the server, statements; refuse writes; lock a table."""
        made: dict[str, Callable[[float], None]] = {
            "ended": self._ended,
            "restarted": self._restarted,
            "cancelled": lambda s: self._with_setting("statement_timeout = '20ms'", s / 4),
            "read_only": lambda s: self._with_setting("default_transaction_read_only = on", s),
            "table_locked": lambda s: self._table_locked(random.choice(LOCKED), s),
        }
        made[trouble](random.choice((0.0, 0.3, 2.0, LONGEST_TROUBLE_SECONDS)))

    def _ended(self, _: float) -> None:
        with self._connected() as connection:
            connection.execute(END_OTHERS.encode())

    def _restarted(self, seconds: float) -> None:
        self._server.cut()
        self._quiet.wait(seconds)
        self._server.restore()

    def _with_setting(self, setting: str, seconds: float) -> None:
        name = setting.partition(" ")[0]
        with self._connected() as connection:
            # What an administrator sets for all holds for this connection, too, once it is new.
            connection.execute(f'ALTER DATABASE "{self._name}" SET {setting}'.encode())
            connection.execute(END_OTHERS.encode())
            self._quiet.wait(seconds)
            connection.execute(f'ALTER DATABASE "{self._name}" RESET {name}'.encode())
            connection.execute(END_OTHERS.encode())

    def _table_locked(self, table: str, seconds: float) -> None:
        with self._connected() as connection, connection.transaction():
            connection.execute(f"LOCK TABLE dbos.{table} IN ACCESS EXCLUSIVE MODE".encode())
            self._quiet.wait(seconds / 2)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask on a connection of our own."""
        with self._connected() as connection:
            return list(connection.execute(sql.format(dbos="dbos.").encode()))

    def left_behind(self) -> list[str]:
        """No lock, no open transaction, no session of a process that has ended."""
        found = self.rows(
            "SELECT application_name, state, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        locks = self.rows("SELECT locktype, objid FROM pg_locks WHERE locktype = 'advisory'")
        return [f"a session is left: {one}" for one in found] + [f"a lock: {one}" for one in locks]

    def close(self) -> None:
        """Stop the server and delete its files."""
        self._server.close()


LOCKED = ("workflow_status", "operation_outputs", "executors")
