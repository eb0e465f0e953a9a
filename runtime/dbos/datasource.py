"""``SQLAlchemyDatasource``: transactions on a database of the program's choice, any number of them.

In: the URL of a database and functions. Out: transactions like those of ``DBOS.transaction``, each
committed exactly once together with its own record. Never holds a connection before the first
transaction runs, nor after ``DBOS.destroy()``.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypedDict, TypeVar, cast, overload

from dbos.config import valid_schema
from dbos.error import DBOSInitializationError
from dbos.kernel import runtime
from dbos.registry import Declared, member_kind
from dbos.transactions import transaction as transactions
from dbos.transactions.transaction import IsolationLevel
from dbos.validity import valid_text

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from dbos.kernel.runtime import Runtime
    from dbos.transactions.datasource import Datasource

P = ParamSpec("P")
R = TypeVar("R")
Opened = TypeVar("Opened", bound="Datasource")


class DatasourceOptions(TypedDict, total=False):
    """Options of ``run_tx_step``: those of the decorator."""

    name: str | None
    isolation_level: IsolationLevel | None


class ChosenDatabase:
    """A database of the program's choice; each runtime opens it at its first transaction there."""

    def __init__(
        self,
        *,
        database_url: str,
        engine_kwargs: Mapping[str, Any] | None = None,
        schema: str | None = None,
    ) -> None:
        self._url = valid_text(database_url, "database_url", longest=8192)
        self._engine_kwargs = dict(engine_kwargs or {})
        self._schema = valid_schema(schema)

    def _opened(self, now: Runtime, kind: type[Opened]) -> Opened:
        """The database as this runtime holds it open; opened as ``kind`` when it is not yet."""
        from dbos.transactions.datasource import Datasource

        with now.datasource_lock:
            if now.datasource is not None and not isinstance(now.datasource, Datasource):
                # A replay has put a wall where databases are: it stands for this one, too.
                return cast("Opened", now.datasource)
            found = now.further_datasources.get(self)
            if found is None:
                chosen = replace(
                    now.settings, application_database_url=self._url, schema=self._schema
                )
                found = kind(chosen, now.system, self._engine_kwargs)
                now.further_datasources[self] = found
            return cast("Opened", found)


class SQLAlchemyDatasource(ChosenDatabase):
    """A database with transactions of its own; make one with ``create``."""

    @classmethod
    def create(
        cls,
        database_url: str,
        engine_kwargs: dict[str, Any] | None = None,
        engine: Engine | None = None,
        schema: str | None = None,
    ) -> SQLAlchemyDatasource:
        """A datasource on SQLite or Postgres; nothing is opened yet.

        Of an ``engine`` its URL is used, with connections of the datasource's own, because what
        makes its transactions isolated is set on them. ``schema`` holds the table of outputs.
        Raises ``DBOSInitializationError`` for a schema that is no name.
        """
        url = database_url
        if engine is not None:
            url = engine.url.render_as_string(hide_password=False)
        return cls(database_url=url, engine_kwargs=engine_kwargs, schema=schema)

    def run_migrations(self) -> None:
        """Create the table of outputs now, instead of with the first transaction."""
        self._source(runtime.active()).prepare()

    def _source(self, now: Runtime) -> Datasource:
        from dbos.transactions.datasource import Datasource

        return self._opened(now, Datasource)

    def sql_session(self) -> Session:
        """The session of the running transaction. Raises ``DBOSException`` outside of one."""
        return transactions.current_session(self._source)

    @overload
    def transaction(self, func: Callable[P, R]) -> Callable[P, R]: ...

    @overload
    def transaction(
        self, func: None = None, *, name: str | None = ..., isolation_level: IsolationLevel = ...
    ) -> Callable[[Callable[P, R]], Callable[P, R]]: ...

    def transaction(
        self,
        func: Callable[P, R] | None = None,
        *,
        name: str | None = None,
        isolation_level: IsolationLevel = "SERIALIZABLE",
    ) -> Any:
        """Make a function a transaction on this database, with or without parentheses.

        In a workflow it commits exactly once; see ``DBOS.transaction``.
        """
        transactions.check_level(isolation_level)

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            declared = declared_transaction(function, name)

            @functools.wraps(function)
            def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
                result: R = transactions.call(self._source, declared, isolation_level, args, kwargs)
                return result

            return wrapper

        return decorate if func is None else decorate(func)

    def run_tx_step(
        self,
        ds_options: DatasourceOptions | None,
        func: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run any function as a transaction on this database."""
        options = ds_options or {}
        level = options.get("isolation_level") or "SERIALIZABLE"
        transactions.check_level(level)
        declared = declared_transaction(func, options.get("name"))
        result: R = transactions.call(self._source, declared, level, args, kwargs)
        return result


def declared_transaction(
    function: Callable[..., Any], name: str | None, *, coroutine: bool = False
) -> Declared:
    """A function as the steps of a workflow know it; nothing is entered in a table of names.

    Raises ``DBOSInitializationError`` for what is no function, or not one of the asked kind.
    """
    if not callable(function):
        raise DBOSInitializationError(f"{function!r} is no function, so it is no transaction")
    known = name or getattr(function, "__qualname__", type(function).__qualname__)
    declared = Declared(
        name=valid_text(known, "The name of a transaction", longest=1024),
        function=function,
        is_async=inspect.iscoroutinefunction(function),
        member=member_kind(function),
    )
    if not coroutine:
        transactions.refuse_coroutine(declared)
    elif not declared.is_async:
        raise DBOSInitializationError(
            f"Transaction {declared.name} is no coroutine function; write it with async def, or"
            " make it a transaction of a SQLAlchemyDatasource"
        )
    return declared
