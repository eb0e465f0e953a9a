"""What differs between SQLite and Postgres, all in one place.

In: a database URL. Out: a ``Language`` (tables, how to compile a statement, how to say the few
things the two say differently) and plain driver connections set up the way durability needs. Never
keeps a connection and never retries.

Durability is set here: SQLite runs in WAL mode with ``synchronous=FULL``, so a commit that returned
survives the loss of power; Postgres keeps the server's ``synchronous_commit``.

A sync is cheaper while the log does not grow: the file system then has nothing but the data to put
on the disk. So the log of SQLite is written into the database and begun anew every megabyte, not
every four as by default. Measured in turn, with the driver alone: 1.5 times as many commits per
second until the log has grown to its size, after that the same.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSInitializationError
from dbos.system import address, pooler, texts
from dbos.system.address import Address
from dbos.system.expressions import bindparam, cast, exists, func, literal_column, select
from dbos.system.statement import Statement

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Table
    from sqlalchemy.engine import Dialect

    from dbos.system.schema import Tables

BUSY_TIMEOUT_MS = 5_000
READ_ONLY = "25006"
CHECKPOINT_PAGES = 250
# What a connection to SQLite needs that commits, behind its journal mode.
COMMITTING = ("PRAGMA synchronous=FULL", f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
# What SQLite calls the types of JSON values.
_SQLITE_KINDS: Mapping[type, tuple[str, ...]] = {
    type(None): ("null",),
    bool: ("true",),
    int: ("integer", "real"),
    float: ("integer", "real"),
    str: ("text",),
    list: ("array",),
    dict: ("object",),
}
_SQLITE_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_POSTGRES_PARAMETER = re.compile(r"%\((\w+)\)s(?:::\w+)?(?![\w\[])")


class FileIsGone(sqlite3.OperationalError):
    """The SQLite file was removed or replaced while this process has it open."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the file {path} was removed or replaced while it is in use; put it back, or stop this"
            " process: what it would commit now would be lost"
        )


@dataclass(frozen=True)
class Language:
    """One database's way of saying things. ``is_sqlite`` is the only switch.

    ``tables`` and ``dialect`` are made when a statement is built, which most processes never do.
    """

    is_sqlite: bool
    url: Address
    schema: str | None

    @cached_property
    def tables(self) -> Tables:
        """The tables, to build statements from."""
        from dbos.system.schema import tables

        return tables(self.schema)

    @cached_property
    def dialect(self) -> Dialect:
        """What SQLAlchemy knows of the database and its driver."""
        from sqlalchemy.dialects import postgresql, sqlite

        if self.is_sqlite:
            return sqlite.dialect(paramstyle="named")
        postgres: Any = postgresql.psycopg.dialect
        made: Dialect = postgres()
        return made

    def spelled(self, statement: Statement) -> tuple[str, ...]:
        """What a connection executes once for a statement; the last one is its own SQL text."""
        known = texts.of(statement.origin, is_sqlite=self.is_sqlite, schema=self.schema)
        if known is not None:
            return known
        first = () if statement.set_up is None else statement.set_up(self)
        return (*first, self.compile(statement))

    def compile(self, statement: Statement) -> str:
        """The SQL text of a statement, with named parameters of the driver's style.

        Constants that the code itself wrote (a status, a number) become literals, which lets both
        databases match them with partial indexes; only named parameters stay parameters.
        """
        compiled: Any = statement.build(self).compile(dialect=self.dialect)

        def spell(found: re.Match[str]) -> str:
            name = found.group(1)
            bound = compiled.binds.get(name)
            if bound is not None and bound.required:
                return found.group(0)
            return literal(None if bound is None else bound.value)

        return (_SQLITE_PARAMETER if self.is_sqlite else _POSTGRES_PARAMETER).sub(
            spell, str(compiled)
        )

    def insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        from sqlalchemy.dialects import postgresql, sqlite

        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def least(self, *values: Any) -> ColumnElement[Any]:
        """The smallest of several values of one row."""
        return func.min(*values) if self.is_sqlite else func.least(*values)

    def greatest(self, *values: Any) -> ColumnElement[Any]:
        """The largest of several values of one row."""
        return func.max(*values) if self.is_sqlite else func.greatest(*values)

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """``column IN (…)`` for a parameter made by ``listed``."""
        if self.is_sqlite:
            values = func.json_each(text_bind(name)).table_valued("value")
            return column.in_(select(values.c.value))
        return column == func.any(texts_bind(name))

    def looked_up(self, column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
        """What a parameter made by ``mapped`` says about the text in a column; NULL for nothing."""
        if not self.is_sqlite:
            from sqlalchemy.dialects import postgresql

            return cast(text_bind(name), postgresql.JSON).op("->>")(column)
        pairs = func.json_each(text_bind(name)).table_valued("value")
        key, value = (
            func.json_extract(pairs.c.value, literal_column(path)) for path in ("'$[0]'", "'$[1]'")
        )
        found = select(value).where(key == column)
        return found.correlate_except(pairs).scalar_subquery()

    def has_member(self, column: ColumnElement[Any], name: str, value: str) -> ColumnElement[bool]:
        """Whether the JSON object in a column has a member of this name and JSON value."""
        if not self.is_sqlite:
            from sqlalchemy import Text
            from sqlalchemy.dialects import postgresql

            member = cast(column, postgresql.JSONB).op("->")(cast(name, Text))
            return member == cast(cast(value, Text), postgresql.JSONB)
        members = func.json_each(column).table_valued("key", "value", "type")
        wanted = json.loads(value)
        kinds = _SQLITE_KINDS[type(wanted)]
        if wanted is False:
            kinds = ("false",)
        same: list[ColumnElement[bool]] = [members.c.key == name, members.c.type.in_(kinds)]
        if isinstance(wanted, list | dict):
            same.append(func.json(members.c.value) == func.json(value))
        elif wanted is not None and not isinstance(wanted, bool):
            same.append(members.c.value == wanted)
        return exists(select(members.c.key).where(*same))

    def mapped(self, values: Mapping[str, str]) -> object:
        """The parameter value that ``looked_up`` expects."""
        return json.dumps(list(values.items()) if self.is_sqlite else dict(values))

    def listed(self, values: Sequence[str]) -> object:
        """The parameter value that ``among`` expects."""
        if self.is_sqlite:
            return json.dumps(list(values))
        return list(values)


def literal(value: object) -> str:
    """A constant of our own code as SQL; refuses anything that would need quoting."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_ ./-]*", value):
        return f"'{value}'"
    raise TypeError(f"not a constant for a statement: {value!r}")


def one_of(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """``column IN (…)`` with constants of our own code."""
    return column.in_([literal_column(literal(value)) for value in values])


def text_bind(name: str) -> Any:
    """A named parameter that holds text or None."""
    from sqlalchemy import Text

    return bindparam(name, type_=Text)


def whole_bind(name: str) -> Any:
    """A named parameter that holds a whole number or None."""
    from sqlalchemy import BigInteger

    return bindparam(name, type_=BigInteger)


def texts_bind(name: str) -> BindParameter[Any]:
    """A named parameter that holds a list of texts; for Postgres."""
    from sqlalchemy import Text
    from sqlalchemy.dialects import postgresql

    return bindparam(name, type_=postgresql.ARRAY(Text))


def as_text(column: Any) -> Any:
    """A value as text."""
    from sqlalchemy import Text

    return cast(column, Text)


def language(url: str, schema: str) -> Language:
    """How to talk to the database at ``url``.

    Raises ``DBOSInitializationError`` for a URL of another database or an in-memory SQLite
    database, which several connections cannot share durably.
    """
    try:
        parsed = address.read(url)
    except (ValueError, TypeError, AttributeError):
        raise DBOSInitializationError(
            "The system database URL cannot be read; it should look like"
            " sqlite:///my_app.sqlite or postgresql://user:password@host:5432/database"
        ) from None
    if "@" in (parsed.host or ""):
        # What stands there is the end of a password: it must not be shown.
        raise DBOSInitializationError(
            "The system database URL cannot be read: a password spells @ as %40, / as %2F, : as %3A"
        )
    if parsed.backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise DBOSInitializationError(
                "An in-memory SQLite database cannot survive a crash; give a file, such as"
                " sqlite:///my_app.sqlite"
            )
        return Language(True, parsed, None)
    if parsed.backend in ("postgresql", "postgres"):
        return Language(False, parsed, schema)
    raise DBOSInitializationError(
        f"The system database must be SQLite or Postgres, not {parsed.backend!r}"
    )


def sqlite_path(url: Address) -> str:
    """The file of a SQLite URL."""
    return url.database or ""


def file_identity(spoken: Language) -> tuple[int, int] | None:
    """What tells a SQLite file from another one of the same name; None when there is none."""
    try:
        found = os.stat(sqlite_path(spoken.url))
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def connect(spoken: Language, *, reader: bool, steps_aside: bool = False) -> Any:
    """A fresh driver connection in autocommit mode; transactions are begun explicitly.

    One that ``steps_aside`` does not wait for locks of other processes for long, on Postgres.
    """
    if spoken.is_sqlite:
        return connect_sqlite(spoken, reader)
    return connect_postgres(spoken, steps_aside=steps_aside)


def connect_sqlite(spoken: Language, reader: bool) -> sqlite3.Connection:
    """Open the file in WAL mode with a sync at each commit; a reader may not write."""
    path = sqlite_path(spoken.url)
    # A reader must not put an empty file where one was removed.
    address = f"{Path(path).absolute().as_uri()}?mode=rw" if reader else path
    connection = sqlite3.connect(
        address,
        uri=reader,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )
    try:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise DBOSInitializationError(
                f"The SQLite file {path} cannot use write-ahead logging"
                f" (it answers {mode!r}); put it on a local file system"
            )
        for setting in COMMITTING:
            connection.execute(setting)
        if reader:
            connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_postgres(spoken: Language, *, steps_aside: bool = False) -> Any:
    """Open a connection that notices a dead peer, with UTC and a name for the server's lists."""
    import psycopg

    url = spoken.url.render("postgresql", hide_password=False)
    connection = psycopg.connect(
        # Spaces of users and passwords stay as they are in a URL, which the driver refuses.
        url.replace(" ", "%20"),
        autocommit=True,
        application_name="dbos",
        connect_timeout=10,
        keepalives=1,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )
    try:
        pooler.adapt(connection)
        pooler.bound(connection, steps_aside=steps_aside)
    except BaseException:
        connection.close()
        raise
    return connection


_OF_THE_SESSION = (*pooler.OF_ANOTHER_SESSION, pooler.GAVE_UP)


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed when it is tried again: locks, outages, conflicts."""
    if isinstance(error, sqlite3.OperationalError):
        if isinstance(error, FileIsGone):
            return True
        told = str(error)
        if told.startswith("Could not decode"):
            # The words that follow are the program's own.
            return False
        return any(word in told for word in ("locked", "busy", "disk I/O error", "disk is full"))
    if type(error).__module__.partition(".")[0] != "psycopg":
        return False
    import psycopg

    if isinstance(error, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected):
        return True
    if isinstance(error, psycopg.Error) and error.sqlstate in _OF_THE_SESSION:
        return True
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        # Wrong credentials and missing databases come as operational errors without a state.
        return getattr(error, "sqlstate", None) is None or is_outage(error)
    return False


def is_waited_out(error: BaseException) -> bool:
    """Whether a running process waits until this is over.

    That is all that passes, and what the launch refuses: a database that is read-only for now, as
    after a failover or when a disk was remounted, or a file that was there and is not now.
    """
    if isinstance(error, sqlite3.OperationalError):
        told = str(error)
        if "readonly database" in told or "unable to open database file" in told:
            return True
    return getattr(error, "sqlstate", None) == READ_ONLY or is_transient(error)


def is_outage(error: BaseException) -> bool:
    """Whether a Postgres error says that the server is going, gone, full or not yet there."""
    state = getattr(error, "sqlstate", None) or ""
    return state[:2] in ("08", "53", "55", "57")


def is_held_elsewhere(error: BaseException) -> bool:
    """Whether a statement waited in vain for a lock that somebody else has."""
    return getattr(error, "sqlstate", None) == pooler.HELD_ELSEWHERE


def is_driver_error(error: BaseException) -> bool:
    """Whether the error comes from a database driver."""
    return isinstance(error, sqlite3.Error) or type(error).__module__.startswith("psycopg")
