"""The system database: the only place that knows SQL.

In: a URL. Out: ``SystemDatabase``, which commits writes, answers reads and wakes whoever waits.
Concept modules build ``Write``, ``Script`` and ``Read`` values with the table families here
(``workflows``, ``steps``, …) and hand them to a driver; they never see a connection.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TypeVar

from dbos.kernel.wakes import Wakes
from dbos.system import (
    dialect,
    events,
    executors,
    listing,
    messages,
    migrations,
    queues,
    statement,
    steps,
    workflows,
)
from dbos.system.commit import LONGEST_RETRY_SECONDS, Committer
from dbos.system.engine import MOST_CONNECTIONS, Database
from dbos.system.statement import Read, Script, Write

T = TypeVar("T")

__all__ = [
    "SystemDatabase",
    "dialect",
    "events",
    "executors",
    "listing",
    "messages",
    "migrations",
    "queues",
    "statement",
    "steps",
    "workflows",
]


class SystemDatabase:
    """One process's access to one system database.

    While that is away it tries again, after ``longest_pause_seconds`` at the latest.
    """

    def __init__(
        self,
        url: str,
        *,
        schema: str = "dbos",
        most_connections: int = MOST_CONNECTIONS,
        longest_pause_seconds: float = LONGEST_RETRY_SECONDS,
    ) -> None:
        self.language = dialect.language(url, schema)
        self.wakes = Wakes()
        self.database = Database(self.language, most_connections=most_connections)
        self.committer = Committer(self.database, self.wakes, longest_pause_seconds)

    def refuse_read_only(self) -> None:
        """Raise ``DBOSInitializationError`` for a database that cannot be written to."""
        with contextlib.closing(self.database.open()) as session:
            migrations.refuse_read_only(session, self.language)

    def migrate(self, *, must_write: bool = False) -> int:
        """Bring the schema up to date; answers the version found."""
        return migrations.migrate(self.database, must_write=must_write)

    def schema_version(self) -> int:
        """The version of the schema; 0 for a database without our tables."""
        session = self.database.open()
        try:
            return migrations.version(session, self.language)
        finally:
            session.close()

    def reset(self, *, keep_tables: bool = False) -> None:
        """Drop all tables and create them anew, or only delete what is in them."""
        if keep_tables:
            migrations.empty(self.database)
        else:
            migrations.drop(self.database)
            self.migrate()

    def save(self, write: Write[T] | Script[T]) -> T:
        """Commit from a thread."""
        return self.committer.save(write)

    def hurry(self) -> None:
        """Let what waits for others to share a commit with be committed now."""
        self.committer.hurry()

    def read(self, read: Read[T]) -> T:
        """Ask from a thread; waits while the database is away."""
        return self.committer.ask(read)

    def save_async(self, write: Write[T] | Script[T]) -> asyncio.Future[T]:
        """Commit from an event loop, holding no thread; no coroutine, as every step comes here."""
        return self.committer.save_future(write)

    async def read_async(self, read: Read[T]) -> T:
        """Ask from an event loop. A point read of SQLite takes microseconds and never blocks."""
        if self.language.is_sqlite:
            return self.read(read)
        return await asyncio.to_thread(self.read, read)

    def close(self) -> None:
        """Stop committing and close all connections."""
        self.committer.stop()
        self.database.close()

    def describe(self) -> str:
        """The database's URL without its password."""
        return self.language.url.render(hide_password=True)
