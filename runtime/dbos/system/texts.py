"""The texts of all statements, as they travel with the package: one file for each database.

In: the name of a statement, such as ``steps.RECORD``. Out: its SQL, or None when it has to be
built. Never builds one, and never knows a statement that a program or a test has made.

Why: what builds a statement is SQLAlchemy, whose import takes 0.2 s of CPU, and each statement 0.8
to 2.4 ms more. A launch needs a dozen of them. Measured with SQLite by process time: with their
texts at hand the first launch of a process takes 68 ms, not 244, and a later one 6 ms, not 22.

``sqlite.sql`` and ``postgres.sql`` are written by ``tests/support/statement_texts.py`` from the
functions that build the statements; a test fails when the two differ. A name stands on a line of
its own behind ``--``; where a connection has to execute something before, a line with a semicolon
follows it. ``{schema}`` in quotes is the schema of Postgres.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SEPARATOR = "\n;\n"
SCHEMA = "{schema}"
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def of(name: str, *, is_sqlite: bool, schema: str | None) -> tuple[str, ...] | None:
    """What a connection executes for a statement, its own text last; None when it is not known.

    None as well for a schema that needs more than quotes.
    """
    if not is_sqlite and not _PLAIN.fullmatch(schema or ""):
        return None
    found = _file(is_sqlite).get(name)
    if found is None:
        return None
    return tuple(found.replace(f'"{SCHEMA}"', quoted(schema or "")).split(SEPARATOR))


def quoted(schema: str) -> str:
    """The name of a plain schema in a statement; others might be words of SQL."""
    return schema if schema == "dbos" else f'"{schema}"'


def path(*, is_sqlite: bool) -> Path:
    """The file of one kind of database."""
    return FOLDER / ("sqlite.sql" if is_sqlite else "postgres.sql")


def spell(texts: dict[str, tuple[str, ...]]) -> str:
    """The content of a file that holds these texts."""
    return "".join(f"-- {name}\n{SEPARATOR.join(texts[name])}\n\n" for name in sorted(texts))


@cache
def _file(is_sqlite: bool) -> dict[str, str]:
    try:
        content = path(is_sqlite=is_sqlite).read_text(encoding="utf-8")
    except OSError:
        # A package that was made without its files still runs.
        return {}
    parts = re.split(r"^-- ([\w.]+)\n", content, flags=re.MULTILINE)
    return {name: text.rstrip("\n") for name, text in zip(parts[1::2], parts[2::2], strict=True)}
