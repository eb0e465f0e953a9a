"""Connections to the system database, and statements run on them.

In: a ``Language``. Out: ``Database``: one writer connection, a few readers, and compiled
statements. Never decides what to write, never retries (that is ``commit``) and never shows a
password.

The text of a statement is looked up or built once for each database: see ``texts``. The driver
for Postgres prepares it on each connection that uses it often, which takes the record of a step
there from 0.9 to 0.3 ms and a point read from 0.5 to 0.15 ms. Statements that do not need each
other's answers travel to Postgres together: see ``Session.begin_and_run``.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from dbos.error import DBOSException
from dbos.kernel import seam
from dbos.system import dialect, pooler
from dbos.system.dialect import Language
from dbos.system.statement import Read, Result, Statement

T = TypeVar("T")
IDLE_READERS = 4
# A reader that nobody needed for so long is closed: what rests keeps one.
SPARE_SECONDS = 10.0
MOST_CONNECTIONS = 20


class Session:
    """One connection with the compiled statements: what scripts and reads execute on."""

    __slots__ = ("_database", "_known", "_steps_aside", "connection")

    def __init__(self, database: Database, connection: Any, *, steps_aside: bool = False) -> None:
        self._database = database
        self._steps_aside = steps_aside
        self._known: dict[Statement, str] = {}
        self.connection = connection

    def run(self, statement: Statement, **parameters: object) -> Result:
        """Execute one statement and read its whole answer."""
        return self._answer(self._send(statement, parameters))

    def begin_and_run(
        self, calls: Sequence[tuple[Statement, Mapping[str, object]]]
    ) -> list[Result]:
        """Begin a transaction and execute statements that do not need each other's answers.

        Postgres gets all of them at once and answers all at once: one round trip, not one for each.
        Measured in turn: a hundred workflows record 1.6 times as many steps, for 3/4 of the CPU.
        """
        return self._run_all(calls, begins=True)

    def run_all(self, calls: Sequence[tuple[Statement, Mapping[str, object]]]) -> list[Result]:
        """Execute statements that do not need each other's answers; see ``begin_and_run``."""
        return self._run_all(calls, begins=False)

    def _run_all(
        self, calls: Sequence[tuple[Statement, Mapping[str, object]]], *, begins: bool
    ) -> list[Result]:
        shares_trip = calls and not self._database.language.is_sqlite
        with self.connection.pipeline() if shares_trip else contextlib.nullcontext():
            if begins:
                self.begin()
            if not shares_trip:
                return [self._answer(self._send(*call)) for call in calls]
            cursors = [self._send(*call) for call in calls]
        return [self._answer(cursor) for cursor in cursors]

    def _answer(self, cursor: Any) -> Result:
        # The driver for Postgres would first describe every column to say that there are some.
        is_sqlite = self._database.language.is_sqlite
        if (cursor.description if is_sqlite else cursor.rownumber) is None:
            return Result([], cursor.rowcount)
        rows = cursor.fetchall()
        return Result(rows, len(rows))

    def _send(self, statement: Statement, parameters: Mapping[str, object]) -> Any:
        sql = self._known.get(statement) or self._meet(statement)
        seam.current.executed(sql)
        return self.connection.execute(sql, parameters)

    def _meet(self, statement: Statement) -> str:
        """Make this connection ready for a statement it has not executed yet."""
        *first, sql = self._database.spelled(statement)
        for one in first:
            self.connection.execute(one)
        self._known[statement] = sql
        return sql

    def run_once(self, statement: Statement) -> Result:
        """Execute a statement that was made for this one call and carries its own values."""
        spoken = self._database.language
        compiled = statement.build(spoken).compile(
            dialect=spoken.dialect, compile_kwargs={"render_postcompile": True}
        )
        sql = str(compiled)
        seam.current.executed(sql)
        rows = self.connection.execute(sql, dict(compiled.params)).fetchall()
        return Result(rows, len(rows))

    def begin(self) -> None:
        """Begin a writing transaction; on SQLite it takes the write lock at once."""
        if self._database.language.is_sqlite:
            self.connection.execute("BEGIN IMMEDIATE")
        else:
            pooler.begin(self.connection, steps_aside=self._steps_aside)

    def commit(self) -> None:
        """Commit what was begun."""
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        """Give up what was begun, also when the connection is already broken."""
        # What was set up in the transaction is gone with it.
        self._known.clear()
        with contextlib.suppress(Exception):
            if not self._database.language.is_sqlite or self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(Exception):
            self.connection.close()


class Database:
    """The connections of one process to one system database. Safe from any thread."""

    def __init__(self, spoken: Language, *, most_connections: int = MOST_CONNECTIONS) -> None:
        self.language = spoken
        # Two are for the writer and for the listener. A file has no limit of connections.
        self._turns = threading.Semaphore(most_connections - 2)
        self._file: tuple[int, int] | None = None
        self._spelled: dict[Statement, tuple[str, ...]] = {}
        self._lock = threading.Lock()
        # Idle ones with the time of their last use, the latest at the end, which is taken first.
        self._readers: list[tuple[float, Session]] = []
        self._closed = False
        # whether this process was forked from the one whose connections these are
        self._inherited = False
        _known.add(self)

    def spelled(self, statement: Statement) -> tuple[str, ...]:
        """What a connection executes for a statement, looked up or built on first use."""
        known = self._spelled.get(statement)
        if known is None:
            known = self._spelled[statement] = self.language.spelled(statement)
        return known

    def disown(self) -> None:
        """These connections are the parent's: what a forked child sends over them is lost to it."""
        self._inherited = True

    def refuse_when_inherited(self) -> None:
        """Raise ``DBOSException`` in a forked child. To be asked before any lock is taken.

        A lock may have been held by a thread that the child does not have.
        """
        if self._inherited:
            raise DBOSException(
                "This process was forked after the database was opened, and its connections belong"
                " to the parent. Call DBOS.launch() in the child, or start it with spawn instead of"
                " fork; what a workflow or a step has forked cannot go on with it"
            )

    def open(self, *, reader: bool = False, steps_aside: bool = False) -> Session:
        """A session on a fresh connection; the caller closes it.

        On Postgres, one that ``steps_aside`` raises when it would wait for a lock for long; see
        ``dialect.is_held_elsewhere``.
        """
        connection = dialect.connect(self.language, reader=reader, steps_aside=steps_aside)
        if self.language.is_sqlite and self._file is None:
            self._file = dialect.file_identity(self.language)
        return Session(self, connection, steps_aside=steps_aside)

    def refuse_when_gone(self) -> None:
        """Raise ``FileIsGone`` when the SQLite file is not the one that was opened first.

        The kernel would go on to write into a file that nobody finds any more.
        """
        if self._file is not None and dialect.file_identity(self.language) != self._file:
            raise dialect.FileIsGone(dialect.sqlite_path(self.language.url))

    @contextlib.contextmanager
    def reader(self) -> Iterator[Session]:
        """A session for reading, an idle one where there is one; waits for its turn."""
        self.refuse_when_inherited()
        turn = contextlib.nullcontext() if self.language.is_sqlite else self._turns
        with turn, self._lent() as session:
            yield session

    @contextlib.contextmanager
    def _lent(self) -> Iterator[Session]:
        with self._lock:
            session = self._readers.pop()[1] if self._readers else None
        if session is None:
            session = self.open(reader=True)
        try:
            yield session
        except BaseException:
            session.close()
            raise
        for spare in self._given_back(session):
            spare.close()

    def _given_back(self, session: Session) -> list[Session]:
        """Keep a reader for the next question; answers those that are to be closed."""
        now = seam.monotonic()
        with self._lock:
            if self._closed or len(self._readers) >= IDLE_READERS:
                return [session]
            spare = [one for used_at, one in self._readers if now - used_at > SPARE_SECONDS]
            self._readers = [*self._readers[len(spare) :], (now, session)]
            return spare

    def read(self, read: Read[T]) -> T:
        """Ask once. Raises the driver's error when the database is away."""
        with self.reader() as session:
            return read.body(session)

    def close(self) -> None:
        """Close all idle readers; later ones are closed when they are given back."""
        with self._lock:
            self._closed = True
            readers, self._readers = self._readers, []
        for _, session in readers:
            session.close()


_known: weakref.WeakSet[Database] = weakref.WeakSet()


def _after_fork() -> None:
    for database in list(_known):
        database.disown()


os.register_at_fork(after_in_child=_after_fork)
