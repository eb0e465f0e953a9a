"""The application's database: sessions for transactions, and the record that commits with each.

In: the settings and the system database. Out: SQLAlchemy sessions in transactions that are really
isolated. Never imported before a program runs a transaction.

SQLite has one writer. A transaction on the system database's own file therefore takes its turn
among the checkpoints of this process instead of fighting them for the lock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from dbos.error import DBOSInitializationError, DBOSShutdownError
from dbos.kernel import seam
from dbos.log import logger
from dbos.system import SystemDatabase, dialect, pooler, steps
from dbos.system.advice import explain
from dbos.system.engine import Session as SystemSession
from dbos.system.schema import tables
from dbos.transactions.rows import NamedSession

if TYPE_CHECKING:
    from dbos.config import Settings
    from dbos.kernel.operation import Operation
    from dbos.system.steps import StepRecord

POOL_SIZE = 20


class Datasource:
    """The application database of one runtime. ``shares_commit``: it is the system database."""

    def __init__(
        self,
        settings: Settings,
        system: SystemDatabase,
        engine_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        given = settings.application_database_url
        self._system = system
        own = make_url(system.language.url.text)
        self._url = _url(given) if given else own
        self.shares_commit = not given or _place(self._url) == _place(own)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = self._make_engine(dict(engine_kwargs or {}))
        self._schema = None if self._is_sqlite else settings.schema
        self._outputs = tables(self._schema).transaction_outputs
        self._is_prepared = self.shares_commit
        self._is_closed = False

    def prepare(self) -> None:
        """Make the database ready for transactions, unless this was done before."""
        if not self._is_prepared:
            self._create_outputs()
            self._is_prepared = True

    def grant(self, role: str) -> None:
        """Let a role of Postgres use the table of outputs, where that is not a system table."""
        from dbos.system import grants

        if self.shares_commit or self._is_sqlite:
            return
        spoken = replace(self._system.language, schema=self._outputs.schema)
        with self._engine.begin() as connection:
            raw: Any = connection.connection.driver_connection
            for sql in grants.statements(spoken, role):
                raw.execute(sql)

    def _make_engine(self, given: dict[str, Any]) -> Engine:
        if not self._is_sqlite:
            url = self._url.set(drivername="postgresql+psycopg")
            return prepare_postgres(create_engine(url, **{"pool_size": POOL_SIZE, **given}))
        waiting = {"timeout": dialect.BUSY_TIMEOUT_MS / 1000, **given.pop("connect_args", {})}
        return prepare_sqlite(create_engine(self._url, connect_args=waiting, **given))

    def _create_outputs(self) -> None:
        try:
            with self._engine.begin() as connection:
                # Asked first: "if not exists" needs the right to create, even for nothing.
                if self._has_outputs(connection):
                    return
                if self._schema is not None:
                    connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"')
                connection.execute(CreateTable(self._outputs, if_not_exists=True))
        except DBAPIError:
            # Two who create at once: one of them fails on Postgres, "if not exists" or not.
            with self._engine.connect() as connection:
                if not self._has_outputs(connection):
                    raise

    def _has_outputs(self, connection: Connection) -> bool:
        return inspect(connection).has_table(self._outputs.name, schema=self._schema)

    @contextlib.contextmanager
    def session(self, level: str) -> Iterator[Session]:
        """A session whose transaction begins with its first statement."""
        self.prepare()
        with contextlib.ExitStack() as stack:
            if self._is_sqlite and self.shares_commit:
                stack.enter_context(self._system.committer.exclusive())
            connection = stack.enter_context(self._engine.connect())
            if not self._is_sqlite:
                connection = connection.execution_options(isolation_level=level)
            yield stack.enter_context(NamedSession(bind=connection))

    def shown(self, session: Session) -> Any:
        """The session as functions get to see it."""
        return session

    def pause(self, seconds: float) -> None:
        """Wait before the same transaction is tried again."""
        seam.pause(seconds)

    def recorded(
        self, session: Session, begun: Operation, *, again: bool
    ) -> tuple[str, str] | None:
        """The result of this transaction, when it committed but its checkpoint was lost.

        Only a recovered workflow, or one that tries ``again`` because the answer to its commit may
        have been lost, has to look.
        """
        if self.shares_commit or not (again or begun.execution.is_recovered):
            return None
        table = self._outputs
        row = session.execute(
            select(table.c.output, table.c.serialization).where(
                table.c.workflow_uuid == begun.execution.workflow_id,
                table.c.function_id == begun.number,
            )
        ).first()
        return None if row is None else (row[0], row[1])

    def record(self, session: Session, begun: Operation, record: StepRecord) -> str | None:
        """Write the record inside the transaction; the workflow's status where that is known."""
        execution = begun.execution
        if not self.shares_commit:
            session.execute(
                insert(self._outputs).values(
                    workflow_uuid=execution.workflow_id,
                    function_id=record.function_id,
                    function_name=record.function_name,
                    output=record.output,
                    serialization=record.serialization,
                    created_at=seam.now_ms(),
                )
            )
            return None
        raw = self._driver_connection(session)
        write = steps.record(execution.workflow_id, execution.owner, record)
        return write.apply(SystemSession(self._system.database, raw))

    def _driver_connection(self, session: Session) -> Any:
        """What executes the statements of the system database inside the transaction."""
        return session.connection().connection.driver_connection

    def commit(self, session: Session, name: str) -> None:
        """Commit, where the seam can see it."""
        writes = [f"commit transaction {name}"]
        seam.current.before_commit(writes)
        session.commit()
        seam.current.after_commit(writes)

    def is_conflict(self, error: Exception, session: Session) -> bool:
        """Whether the transaction failed through others and may succeed when it runs again.

        ``session`` is the one that it ran in, with nothing left to commit.
        """
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        if getattr(cause, "sqlstate", None) == dialect.READ_ONLY:
            return self._is_read_only(cause, session)
        return dialect.is_driver_error(cause) and dialect.is_transient(cause)

    def _is_read_only(self, error: BaseException, session: Session) -> bool:
        """Whether the database refuses all writes, as after a failover, not only this transaction.

        Then the connection is given up: the next one may lead to the primary.
        """
        if self._is_sqlite:
            # It is the error of another database, which the program uses inside.
            return False
        found = session.execute(text("SHOW transaction_read_only")).scalar()
        session.rollback()
        if found != "on":
            return False
        session.connection().invalidate()
        self._tell(error)
        return True

    def is_away(self, error: Exception) -> bool:
        """Whether no connection was to be had, which is waited for and told.

        Raises ``DBOSShutdownError`` when nobody waits any more.
        """
        cause = error.orig if isinstance(error, DBAPIError) else error
        if cause is None or not (
            isinstance(error, PoolTimeout)
            or (dialect.is_driver_error(cause) and dialect.is_waited_out(cause))
        ):
            return False
        self._tell(cause)
        return True

    def _tell(self, error: BaseException) -> None:
        if self._is_closed:
            raise DBOSShutdownError("a transaction had to begin") from error
        logger.warning(
            "The database of transactions does not answer (%s); trying again", explain(error)
        )

    def close(self) -> None:
        """Close all connections."""
        self._is_closed = True
        self._engine.dispose()


def _url(given: str) -> URL:
    try:
        found = make_url(given)
    except (ArgumentError, ValueError):
        raise DBOSInitializationError("application_database_url cannot be read") from None
    if "@" in (found.host or ""):
        # What stands there is the end of a password: it must not be shown.
        raise DBOSInitializationError(
            "application_database_url cannot be read: a password spells @ as %40"
        )
    if found.get_backend_name() in ("postgres", "postgresql"):
        return found.set(drivername="postgresql")
    if found.get_backend_name() != "sqlite":
        raise DBOSInitializationError(
            f"The application database must be SQLite or Postgres: {found.get_backend_name()!r}"
        )
    return found


def _place(url: URL) -> tuple[Any, ...]:
    """What makes two URLs the same database."""
    return (url.get_backend_name(), url.host or "", url.port or 5432, url.database, url.query)


def prepare_postgres(engine: Engine) -> Engine:
    """Let an engine on Postgres work behind a connection pooler, too."""

    @event.listens_for(engine, "connect")
    def adapt(connection: Any, _: Any) -> None:
        pooler.adapt(connection)
        connection.rollback()

    return engine


def prepare_sqlite(engine: Engine) -> Engine:
    """Let an engine on SQLite begin transactions where it says so, and make them durable."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver must not begin transactions by itself: it would begin them too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        for setting in dialect.COMMITTING:
            cursor.execute(setting)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
