"""Writes of a client inside a transaction that belongs to somebody else.

In: the caller's SQLAlchemy connection or session on the system database. Out: ``Within``, which
performs a protocol there. Never commits, never rolls back and never opens a connection: what is
written exists when and if the caller commits.

The waiting processes are told inside the same transaction, where the database can do that: Postgres
delivers a notification with the commit. On SQLite they notice the commit itself.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session, scoped_session

from dbos.error import DBOSException
from dbos.kernel import notices
from dbos.system.engine import Session as SystemSession
from dbos.system.statement import Read, Script, Write

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.kernel.wakes import Key
    from dbos.system import SystemDatabase

T = TypeVar("T")


class Within:
    """Stands where a protocol expects the system database, for one call."""

    def __init__(self, system: SystemDatabase, raw: Any) -> None:
        self._system = system
        self._raw = raw
        self._session = SystemSession(system.database, raw)
        self._wakes: list[Key] = []

    def save(self, write: Write[T] | Script[T]) -> T:
        """Execute a write in the caller's transaction."""
        self._wakes.extend(write.wakes)
        return write.apply(self._session)

    def read(self, read: Read[T]) -> T:
        """Ask inside the caller's transaction, which sees its own writes."""
        return read.body(self._session)

    def tell(self) -> None:
        """Let the commit wake whoever waits for what was written."""
        if self._system.language.is_sqlite or not self._wakes:
            return
        channel = f"dbos/{self._system.language.schema}"[:63]
        for payload in notices.wake_payloads(self._wakes):
            self._raw.execute("SELECT pg_notify(%s, %s)", (channel, payload))


def transaction(now: Runtime, given: Any) -> Within:
    """The transaction of a connection or session of the caller.

    Raises ``DBOSException`` for anything else, and for a connection of another driver.
    """
    connection = given.connection() if isinstance(given, Session | scoped_session) else given
    if not isinstance(connection, Connection):
        raise DBOSException(
            f"Give a SQLAlchemy Connection or Session on the system database, not {given!r:.80};"
            " of an AsyncSession, use run_sync"
        )
    raw: Any = connection.connection.driver_connection
    if now.system.language.is_sqlite:
        fits = isinstance(raw, sqlite3.Connection)
    else:
        fits = type(raw).__module__.partition(".")[0] == "psycopg"
    if not fits:
        kind = "SQLite (sqlite3)" if now.system.language.is_sqlite else "Postgres (psycopg 3)"
        raise DBOSException(
            f"The system database is {kind}; this connection goes through"
            f" {type(raw).__module__}, so nothing was written"
        )
    if not connection.in_transaction():
        connection.begin()
    return Within(now.system, raw)
