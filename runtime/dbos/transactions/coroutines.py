"""Transactions that are coroutines, run by the very code that runs the others.

In: coroutine functions and a database. Out: ``AsyncDatasource``, and ``call`` for its transactions.
Never holds a thread while a transaction waits for the database, and never keeps a connection after
its transaction: connections belong to the event loop they were opened on, which may end at any
time.

SQLAlchemy's own bridge makes one code enough: inside of ``greenlet_spawn`` plain functions may wait
for coroutines, as the asynchronous drivers do for each statement. So a transaction is performed by
``transaction`` as ever, and the function it calls is one that waits for the user's coroutine.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_session, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only, greenlet_spawn

from dbos.kernel import context, drive, runtime, seam
from dbos.system import dialect
from dbos.transactions import transaction
from dbos.transactions.datasource import POOL_SIZE, Datasource, prepare_sqlite
from dbos.transactions.rows import NamedSession

if TYPE_CHECKING:
    from dbos.kernel.context import StepScope
    from dbos.kernel.operation import Operation
    from dbos.kernel.runtime import Runtime
    from dbos.registry import Declared

Source = Callable[["Runtime"], "AsyncDatasource"]


class AsyncDatasource(Datasource):
    """A database whose sessions are asynchronous; all of it is called inside ``greenlet_spawn``."""

    def _make_engine(self, given: dict[str, Any]) -> Engine:
        self._most = 1 if self._is_sqlite else given.pop("pool_size", POOL_SIZE)
        for setting in ("max_overflow", "pool_timeout", "pool_recycle", "poolclass"):
            given.pop(setting, None)
        self._turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            weakref.WeakKeyDictionary()
        )
        driver = "sqlite+aiosqlite" if self._is_sqlite else "postgresql+psycopg"
        if self._is_sqlite:
            waiting: dict[str, Any] = {"timeout": dialect.BUSY_TIMEOUT_MS / 1000}
        else:
            # A connection lives for one transaction, and a pooler may lend it.
            waiting = {"prepare_threshold": None}
        given["connect_args"] = {**waiting, **given.get("connect_args", {})}
        self._async_engine: AsyncEngine = create_async_engine(
            self._url.set(drivername=driver), poolclass=NullPool, **given
        )
        engine = self._async_engine.sync_engine
        return prepare_sqlite(engine) if self._is_sqlite else engine

    async def create_outputs(self) -> None:
        """Create the table of outputs, unless this was done before."""
        await greenlet_spawn(self.prepare)

    @contextlib.contextmanager
    def session(self, level: str) -> Iterator[Session]:
        """A session whose transaction begins with its first statement; waits for its turn."""
        turn = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._most))
        await_only(turn.acquire())
        try:
            await_only(self.create_outputs())
            with contextlib.ExitStack() as stack:
                if self._is_sqlite and self.shares_commit:
                    await_only(self._hold_writes(stack))
                connection = self._async_engine.connect()
                await_only(connection.start())
                stack.callback(lambda: await_only(connection.close()))
                if not self._is_sqlite:
                    await_only(connection.execution_options(isolation_level=level))
                session = AsyncSession(bind=connection, sync_session_class=NamedSession)
                stack.callback(lambda: await_only(session.close()))
                yield session.sync_session
        finally:
            turn.release()

    async def _hold_writes(self, stack: contextlib.ExitStack) -> None:
        """Take this transaction's turn among the checkpoints, while the event loop goes on."""
        exclusive = self._system.committer.exclusive()
        entering = asyncio.ensure_future(asyncio.to_thread(exclusive.__enter__))
        try:
            await asyncio.shield(entering)
        except asyncio.CancelledError:
            # The thread that waits cannot be called back: what it gets goes to the next in line.
            entering.add_done_callback(lambda _: exclusive.__exit__(None, None, None))
            raise
        committer = self._system.committer
        committer.holder = asyncio.get_running_loop()
        stack.callback(exclusive.__exit__, None, None, None)
        stack.callback(setattr, committer, "holder", None)

    def shown(self, session: Session) -> Any:
        """The session as coroutines get to see it: an ``AsyncSession``."""
        return async_session(session)

    def pause(self, seconds: float) -> None:
        """Wait before the same transaction is tried again."""
        await_only(asyncio.to_thread(seam.pause, seconds))

    def _driver_connection(self, session: Session) -> Any:
        return _Executing(session.connection().connection.dbapi_connection)

    def close(self) -> None:
        """Nothing is open between transactions; none waits for its database any longer."""
        self._is_closed = True


class _Executing:
    """An adapted asynchronous connection as the statements of the system database know one."""

    def __init__(self, adapted: Any) -> None:
        self._adapted = adapted

    def execute(self, sql: str, parameters: object = None) -> _Answer:
        """Execute a statement and answer the cursor with what it found."""
        cursor = self._adapted.cursor()
        if parameters is None:
            cursor.execute(sql)
        else:
            cursor.execute(sql, parameters)
        return _Answer(cursor)


class _Answer:
    """An adapted cursor with what the cursors of both drivers offer."""

    def __init__(self, adapted: Any) -> None:
        self.description = adapted.description
        self.rowcount: int = adapted.rowcount
        self.fetchall = adapted.fetchall
        self.fetchone = adapted.fetchone

    @property
    def rownumber(self) -> int | None:
        """None for a statement without rows, as with psycopg."""
        return None if self.description is None else 0


def call(
    source: Source,
    declared: Declared,
    level: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Coroutine[Any, Any, Any]:
    """Call a transaction; it takes its place in the workflow now, and runs when it is awaited."""
    frame = context.frame.get()
    now = runtime.active()
    if transaction.is_part_of_another(declared.name, source):
        part: Coroutine[Any, Any, Any] = declared.function(*args, **kwargs)
        return part

    def waiting(*given: Any, **named: Any) -> Any:
        return await_only(declared.function(*given, **named))

    if frame is None or frame.step is not None:
        return greenlet_spawn(
            lambda: transaction.run_unrecorded(source(now), source, level, waiting, args, kwargs)
        )

    def attempt_of(begun: Operation, scope: StepScope) -> Callable[[], Any]:
        def attempt() -> Any:
            opened = source(begun.execution.runtime)
            with transaction.on(source):
                return transaction.run(begun, opened, scope, level, waiting, args, kwargs)

        return lambda: greenlet_spawn(attempt)

    begun = drive.Begun(transaction.perform(frame, declared, args, kwargs, attempt_of))

    async def finish() -> Any:
        return drive.unwrap(await begun.finish(now.system))

    return finish()
