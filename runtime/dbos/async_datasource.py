"""``AsyncSQLAlchemyDatasource``: transactions that are coroutines, on a database of one's choice.

In: the URL of a database and coroutine functions. Out: transactions like those of
``SQLAlchemyDatasource``, each committed exactly once together with its own record. Never imports
SQLAlchemy's asynchronous part, nor the packages that it needs, before a datasource is made.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from dbos.datasource import ChosenDatabase, DatasourceOptions, declared_transaction
from dbos.error import DBOSInitializationError
from dbos.kernel import runtime
from dbos.step import mark_coroutine_function
from dbos.transactions import transaction as transactions
from dbos.transactions.transaction import IsolationLevel

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

    from dbos.kernel.runtime import Runtime
    from dbos.transactions.coroutines import AsyncDatasource

P = ParamSpec("P")
R = TypeVar("R")
EXTRA = "pip install 'dbos-build[asyncio]'"


class AsyncSQLAlchemyDatasource(ChosenDatabase):
    """A database with coroutine transactions of its own; make one with ``await create(…)``."""

    def __init__(
        self,
        *,
        database_url: str,
        engine_kwargs: Mapping[str, Any] | None = None,
        schema: str | None = None,
    ) -> None:
        super().__init__(database_url=database_url, engine_kwargs=engine_kwargs, schema=schema)
        _require_packages(self._url)

    @classmethod
    async def create(
        cls,
        database_url: str,
        engine_kwargs: dict[str, Any] | None = None,
        engine: AsyncEngine | None = None,
        schema: str | None = None,
    ) -> AsyncSQLAlchemyDatasource:
        """A datasource on SQLite or Postgres; nothing is opened yet.

        Of an ``engine`` its URL is used, with connections of the datasource's own, through
        ``aiosqlite`` or ``psycopg``. ``pool_size`` among the ``engine_kwargs`` says how many
        transactions run at once on an event loop (20 by default, and always one on SQLite).
        Raises ``DBOSInitializationError`` for a schema that is no name, and when a package is
        missing.
        """
        url = database_url
        if engine is not None:
            url = engine.url.render_as_string(hide_password=False)
        return cls(database_url=url, engine_kwargs=engine_kwargs, schema=schema)

    async def run_migrations(self) -> None:
        """Create the table of outputs now, instead of with the first transaction."""
        await self._source(runtime.active()).create_outputs()

    def _source(self, now: Runtime) -> AsyncDatasource:
        from dbos.transactions.coroutines import AsyncDatasource

        return self._opened(now, AsyncDatasource)

    def sql_session(self) -> AsyncSession:
        """The session of the running transaction. Raises ``DBOSException`` outside of one."""
        session: AsyncSession = transactions.session_of(self._source)
        return session

    @overload
    def transaction(
        self, func: Callable[P, Coroutine[Any, Any, R]]
    ) -> Callable[P, Coroutine[Any, Any, R]]: ...

    @overload
    def transaction(
        self, func: None = None, *, name: str | None = ..., isolation_level: IsolationLevel = ...
    ) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], Callable[P, Coroutine[Any, Any, R]]]: ...

    def transaction(
        self,
        func: Callable[P, Coroutine[Any, Any, R]] | None = None,
        *,
        name: str | None = None,
        isolation_level: IsolationLevel = "SERIALIZABLE",
    ) -> Any:
        """Make a coroutine function a transaction on this database, with or without parentheses.

        In a workflow it commits exactly once; see ``DBOS.transaction``.
        """
        transactions.check_level(isolation_level)

        def decorate(
            function: Callable[P, Coroutine[Any, Any, R]],
        ) -> Callable[P, Coroutine[Any, Any, R]]:
            declared = declared_transaction(function, name, coroutine=True)

            @functools.wraps(function)
            def wrapper(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
                from dbos.transactions import coroutines

                return coroutines.call(self._source, declared, isolation_level, args, kwargs)

            mark_coroutine_function(wrapper)
            return wrapper

        return decorate if func is None else decorate(func)

    async def run_tx_step_async(
        self,
        ds_options: DatasourceOptions | None,
        func: Callable[P, Coroutine[Any, Any, R]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run any coroutine function as a transaction on this database."""
        from dbos.transactions import coroutines

        options = ds_options or {}
        level = options.get("isolation_level") or "SERIALIZABLE"
        transactions.check_level(level)
        declared = declared_transaction(func, options.get("name"), coroutine=True)
        result: R = await coroutines.call(self._source, declared, level, args, kwargs)
        return result


def _require_packages(url: str) -> None:
    """Raise ``DBOSInitializationError`` naming the extra when a package is missing."""
    needed = ["greenlet", *(["aiosqlite"] if url.startswith("sqlite") else [])]
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise DBOSInitializationError(
            f"AsyncSQLAlchemyDatasource needs {' and '.join(missing)}: {EXTRA}"
        )
