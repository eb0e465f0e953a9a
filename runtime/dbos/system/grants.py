"""The rights that a role needs to run an application whose tables somebody else has created.

In: a role of Postgres. Out: the statements that grant it the system tables, to print or to run.
Never grants the right to create or change tables: that is what ``dbos migrate`` is for.
"""

from __future__ import annotations

from dbos.error import DBOSInitializationError
from dbos.system import migrations
from dbos.system.dialect import Language
from dbos.system.engine import Database
from dbos.validity import valid_text

LONGEST_ROLE = 63


def statements(spoken: Language, role: str) -> list[str]:
    """The SQL that lets ``role`` use the system tables, those of later releases included.

    Raises ``DBOSInitializationError`` on SQLite, which has no roles.
    """
    if spoken.is_sqlite:
        raise DBOSInitializationError("SQLite has no roles: an application role is for Postgres")
    schema = _quoted(spoken.schema or "dbos")
    known = _quoted(valid_text(role, "A role", longest=LONGEST_ROLE))
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {known}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA {schema} TO {known}",
        f"GRANT {numbers} ON ALL SEQUENCES IN SCHEMA {schema} TO {known}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rows} ON TABLES TO {known}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {numbers} ON SEQUENCES TO {known}",
    ]


def _quoted(name: str) -> str:
    """An identifier; not by the dialect, which doubles percent signs for statements it executes."""
    return '"' + name.replace('"', '""') + '"'


def grant(database: Database, role: str) -> None:
    """Let a role use the system tables; all of it or nothing."""
    migrations.execute(database, statements(database.language, role))
