"""Numbered steps from an empty database to the current schema.

In: a ``Database``. Out: the same database at ``NEWEST``. Never drops user data, never runs half a
step: each step and the note that it ran commit together. A database of a newer release is refused
untouched.

A migration needs tables for itself. While it waits for those who use one, all who come later wait
behind it; so it gives up after a second, lets them pass, and tries again, as long as it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSInitializationError
from dbos.kernel import seam
from dbos.log import logger
from dbos.system import texts
from dbos.system.dialect import Language, is_held_elsewhere
from dbos.system.engine import Database, Session
from dbos.system.expressions import delete, func, insert, select
from dbos.system.statement import statement

if TYPE_CHECKING:
    from sqlalchemy import Table


def _ddl(spoken: Language, element: Any) -> str:
    return str(element.compile(dialect=spoken.dialect))


def _create(spoken: Language, table: Table) -> list[str]:
    from sqlalchemy.schema import CreateTable

    return [_ddl(spoken, CreateTable(table, if_not_exists=True)), *_index(spoken, table, since=1)]


def _index(spoken: Language, table: Table, *, since: int) -> list[str]:
    """Make the indexes of a table that are there since a version of the schema."""
    from sqlalchemy.schema import CreateIndex

    ordered = sorted(table.indexes, key=lambda index: str(index.name))
    return [
        _ddl(spoken, CreateIndex(index, if_not_exists=True))
        for index in ordered
        if index.info.get("since", 1) == since
    ]


def _first(spoken: Language) -> list[str]:
    """All tables."""
    tables = spoken.tables.metadata.sorted_tables
    created = [_create(spoken, table) for table in tables if table.name != "dbos_migrations"]
    return [sql for each in created for sql in each]


def _second(spoken: Language) -> list[str]:
    """Indexes by which a queue costs the same, however much waits on it, and pages less."""
    table = spoken.tables.workflow_status
    former = ("queue", "partition", "started", "created")
    quoted = spoken.dialect.identifier_preparer
    schema = "" if spoken.schema is None else f"{quoted.quote_schema(spoken.schema)}."
    dropped = [f"DROP INDEX IF EXISTS {schema}workflow_status_{name}" for name in former]
    return [*dropped, *_index(spoken, table, since=2)]


MIGRATIONS: tuple[Callable[[Language], list[str]], ...] = (_first, _second)
NEWEST = len(MIGRATIONS)
# How long a migration waits for a table that others use, and how long it then lets them pass.
LONGEST_WAIT = "1s"
PAUSE_SECONDS = 1.0


def migrate(database: Database, *, must_write: bool = False) -> int:
    """Bring the database to the newest schema; answers the version it had before.

    Raises ``DBOSInitializationError`` when the database comes from a newer release, and for a
    replica when ``must_write``.
    """
    session = database.open()
    try:
        if must_write:
            refuse_read_only(session, database.language)
        found = version(session, database.language)
        if found > NEWEST:
            raise DBOSInitializationError(
                f"The system database has schema version {found}, this release knows {NEWEST};"
                " install the newer dbos-build or use another database"
            )
        if found < NEWEST:
            _upgrade_when_free(session, database.language)
        return found
    finally:
        session.close()


def refuse_read_only(session: Session, spoken: Language) -> None:
    """Raise ``DBOSInitializationError`` for a replica; the driver's error for a file like that."""
    if spoken.is_sqlite:
        session.begin()
        session.rollback()
        return
    row = session.connection.execute("SHOW transaction_read_only").fetchone()
    if row[0] == "on":
        address = spoken.url.render(hide_password=True)
        raise DBOSInitializationError(
            f"The system database {address} is read-only, as a replica is; workflows need the"
            " primary. Listing them, by `dbos workflow list` or a DBOSClient, works on replicas"
        )


@statement
def VERSION(spoken: Language) -> Any:
    return select(func.max(spoken.tables.migrations.c.version))


def version(session: Session, spoken: Language) -> int:
    """The schema version of a database; 0 when it is empty."""
    if not _has_table(session, spoken):
        return 0
    row = session.connection.execute(spoken.spelled(VERSION)[-1]).fetchone()
    return int(row[0] or 0)


def _has_table(session: Session, spoken: Language) -> bool:
    name = "dbos_migrations"
    if spoken.is_sqlite:
        sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
        row = session.connection.execute(sql, (name,)).fetchone()
    else:
        sql = "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tablename = %s"
        row = session.connection.execute(sql, (spoken.schema, name)).fetchone()
    return bool(row[0])


def _upgrade_when_free(session: Session, spoken: Language) -> None:
    while True:
        try:
            return _upgrade(session, spoken)
        except Exception as error:
            if not is_held_elsewhere(error):
                raise
        logger.warning(
            "The migration waits for a transaction that uses a table; it lets others pass and"
            " tries again in %.0f s",
            PAUSE_SECONDS,
        )
        seam.pause(PAUSE_SECONDS)


def _upgrade(session: Session, spoken: Language) -> None:
    session.begin()
    try:
        if not spoken.is_sqlite:
            # Two processes that migrate at once: the second waits here and finds it done.
            session.connection.execute("SELECT pg_advisory_xact_lock(7236501)")
            session.connection.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
        for sql in _known(spoken, "PRELUDE", _prelude):
            session.connection.execute(sql)
        for sql in _from(spoken, version(session, spoken) + 1):
            session.connection.execute(sql)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _prelude(spoken: Language) -> list[str]:
    """What must be there before the first step: the schema, and where steps are noted."""
    from sqlalchemy.schema import CreateSchema, CreateTable

    note = _ddl(spoken, CreateTable(spoken.tables.migrations, if_not_exists=True))
    if spoken.is_sqlite:
        return [note]
    return [_ddl(spoken, CreateSchema(spoken.schema or "dbos", if_not_exists=True)), note]


def _step(spoken: Language, number: int) -> list[str]:
    """One step, followed by its note."""
    note = insert(spoken.tables.migrations).values(version=number)
    literal = note.compile(dialect=spoken.dialect, compile_kwargs={"literal_binds": True})
    return [*MIGRATIONS[number - 1](spoken), str(literal)]


def _known(spoken: Language, name: str, build: Callable[[Language], list[str]]) -> Sequence[str]:
    """The texts of a part of the schema as they travel with the package, or built."""
    origin = f"migrations.{name}"
    known = texts.of(origin, is_sqlite=spoken.is_sqlite, schema=spoken.schema)
    return build(spoken) if known is None else known


def parts(spoken: Language) -> dict[str, tuple[str, ...]]:
    """Everything that makes a new database, built: the name under which it travels → its texts."""
    steps = {f"migrations.STEP_{at}": _step(spoken, at) for at in range(1, NEWEST + 1)}
    built = {"migrations.PRELUDE": _prelude(spoken), **steps}
    return {name: tuple(texts) for name, texts in built.items()}


def _from(spoken: Language, first: int) -> list[str]:
    """The steps from number ``first`` on, each followed by its note."""
    found: list[str] = []
    for number in range(first, NEWEST + 1):
        found += _known(spoken, f"STEP_{number}", partial(_step, number=number))
    return found


def script(spoken: Language, first: int = 1) -> list[str]:
    """The steps from number ``first`` on as SQL, for whoever runs them by hand."""
    prelude = _known(spoken, "PRELUDE", _prelude) if first <= 1 else ()
    return [*prelude, *_from(spoken, first)]


def drop(database: Database) -> None:
    """Drop every table of the system database."""
    from sqlalchemy.schema import DropTable

    spoken = database.language
    tables = spoken.tables.metadata.sorted_tables
    execute(database, [_ddl(spoken, DropTable(table, if_exists=True)) for table in tables])


def empty(database: Database) -> None:
    """Delete every row of the system database, but keep its tables and their version."""
    spoken = database.language
    tables = spoken.tables.metadata.sorted_tables
    kept = "dbos_migrations"
    execute(database, [_ddl(spoken, delete(table)) for table in tables if table.name != kept])


def execute(database: Database, statements: Iterable[str]) -> None:
    """Execute statements in one transaction."""
    session = database.open()
    try:
        session.begin()
        for text in statements:
            session.connection.execute(text)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
