"""Opening a system database that must be there already, for tools that only look.

In: a URL. Out: a ``SystemDatabase`` to read from. Never creates a file, a table or a schema, never
migrates, and never waits for a database that is away: each of these is one clear error.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from dbos.error import DBOSInitializationError
from dbos.system import SystemDatabase, migrations
from dbos.system.dialect import is_driver_error, sqlite_path


def open_existing(url: str, *, schema: str = "dbos") -> SystemDatabase:
    """The system database at ``url``, as it is.

    Raises ``DBOSInitializationError`` when there is none, when it cannot be reached, or when its
    tables are missing, older or newer than this release reads. No message holds a password.
    """
    system = SystemDatabase(url, schema=schema)
    try:
        _check(system)
    except DBOSInitializationError:
        system.close()
        raise
    except Exception as error:
        system.close()
        if not is_driver_error(error):
            raise
        told = str(error).strip().partition("\n")[0]
        raise DBOSInitializationError(
            f"The system database {system.describe()} cannot be read: {told}"
        ) from None
    return system


def _check(system: SystemDatabase) -> None:
    where = system.describe()
    if system.language.is_sqlite:
        _check_file(sqlite_path(system.language.url))
    found = system.schema_version()
    if found == 0:
        raise DBOSInitializationError(
            f"{where} has no system tables: start the application or run `dbos migrate` first"
        )
    if found > migrations.NEWEST:
        raise DBOSInitializationError(
            f"{where} has schema version {found}, this release reads {migrations.NEWEST};"
            " use the newer dbos-build"
        )
    if found < migrations.NEWEST:
        raise DBOSInitializationError(
            f"{where} has schema version {found}, this release reads {migrations.NEWEST};"
            " run `dbos migrate` first"
        )


def _check_file(name: str) -> None:
    """Look into a SQLite file without changing anything in it, not even its journal mode."""
    path = Path(name)
    if not path.is_file():
        raise DBOSInitializationError(
            f"There is no system database at {name}: start the application there, or run"
            " `dbos migrate` first"
        )
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        sql = "SELECT count(*) FROM sqlite_master WHERE name = 'dbos_migrations'"
        if not connection.execute(sql).fetchone()[0]:
            raise DBOSInitializationError(
                f"{name} has no system tables: start the application or run `dbos migrate` first"
            )
