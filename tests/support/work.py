"""Large tables, and how much a database does to answer a question: work is counted, not timed.

In: the system database of a launched runtime with one waiting workflow. Out: copies of its row by
one statement, and the work of a question: on SQLite the steps of its virtual machine, on Postgres
the rows that were read. It never measures time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dbos.system import SystemDatabase
from dbos.system.engine import Session

Question = Callable[[SystemDatabase], Any]


def copies(system: SystemDatabase, status: str, first: int, count: int, **columns: str) -> None:
    """So many further workflows in a status, each younger than the one before.

    ``columns`` are expressions in SQL that may speak of ``i``, the number of the copy.
    """
    instead = {
        "workflow_uuid": f"'{status}-' || i",
        "status": f"'{status}'",
        "arrival": "arrival + i",
        "created_at": "created_at + i",
        "owner_xid": "'somebody/1'",
        "started_at_epoch_ms": "NULL",
        "rate_limited": "0",
        **({"queue_name": "NULL"} if status == "PENDING" else {}),
        **columns,
    }
    session = system.database.open()
    table = system.language.tables.workflow_status
    session.connection.execute(_copying(system, table, instead, first, first + count - 1))
    session.connection.execute("ANALYZE" if system.language.is_sqlite else f"ANALYZE {table}")
    session.close()


def _copying(
    system: SystemDatabase, table: Any, instead: Mapping[str, str], first: int, last: int
) -> str:
    names = [column.name for column in table.columns]
    values = ", ".join(instead.get(name, name) for name in names)
    # The one that was enqueued, whose id is no copy's.
    original = "length(workflow_uuid) = 36"
    numbers, prelude = f"generate_series({first}, {last}) AS numbers(i)", ""
    if system.language.is_sqlite:
        numbers = "numbers"
        prelude = (
            f"WITH RECURSIVE numbers(i) AS (SELECT {first} UNION ALL"
            f" SELECT i + 1 FROM numbers WHERE i < {last})"
        )
    return (
        f"INSERT INTO {table} ({', '.join(names)}) {prelude}"
        f" SELECT {values} FROM {table}, {numbers} WHERE {original}"
    )


def end_all(system: SystemDatabase) -> None:
    """What runs has ended, and long ago."""
    session = system.database.open()
    session.connection.execute(
        f"UPDATE {system.language.tables.workflow_status}"
        " SET status = 'SUCCESS', started_at_epoch_ms = 0 WHERE status = 'PENDING'"
    )
    session.close()


def work(system: SystemDatabase, ask: Question) -> int:
    """How much the database did to answer."""
    with system.database.reader() as reading:
        writing = system.committer._session
    sessions = [reading, *([writing] if writing is not None else [])]
    measure = _steps if system.language.is_sqlite else _rows_read
    return measure(system, ask, sessions)


def _steps(system: SystemDatabase, ask: Question, sessions: list[Session]) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    for session in sessions:
        session.connection.set_progress_handler(count, 1)
    try:
        ask(system)
    finally:
        for session in sessions:
            session.connection.set_progress_handler(None, 1)
    return steps


def _rows_read(system: SystemDatabase, ask: Question, sessions: list[Session]) -> int:
    rows = 0
    with pytest.MonkeyPatch.context() as patch:
        explaining = system.database.open()
        for session in sessions:
            watched = _Explained(session.connection, explaining.connection)
            patch.setattr(session, "connection", watched)
        try:
            ask(system)
        finally:
            rows = sum(session.connection.rows for session in sessions)
            explaining.close()
    return rows


def _rows_of(node: Mapping[str, Any]) -> int:
    inner = sum(map(_rows_of, node.get("Plans", ())))
    if node.get("Relation Name") != "workflow_status" or "Scan" not in node["Node Type"]:
        return inner
    touched = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return inner + int(touched * node["Actual Loops"])


class _Explained:
    """A connection of which every statement is also explained, before it takes effect."""

    def __init__(self, connection: Any, explaining: Any) -> None:
        self._connection = connection
        self._explaining = explaining
        self.rows = 0

    def execute(self, sql: str, parameters: Any = None) -> Any:
        if sql not in ("BEGIN", "COMMIT", "ROLLBACK"):
            self._explaining.execute("BEGIN")
            found = self._explaining.execute(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters
            ).fetchone()
            self._explaining.execute("ROLLBACK")
            self.rows += _rows_of(found[0][0]["Plan"])
        return self._connection.execute(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
