"""Many rows from one: a large database without the hours that making it would take.

In: the URL of a system database in which one workflow has run or waits. Out: copies of its rows,
made by one statement of SQL. Both schemas keep the documented names `workflow_status` and
`operation_outputs`; every other column is copied as it is.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def raw(url: str) -> Iterator[Any]:
    """A driver connection in autocommit mode that leaves nothing in its session."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("PRAGMA busy_timeout=10000")
        with contextlib.closing(connection):
            yield connection
        return
    import psycopg

    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as made:
        yield made


def table(url: str, name: str) -> str:
    """A table of the system database, with its schema where there is one."""
    return name if url.startswith("sqlite") else f"dbos.{name}"


def scalar(url: str, sql: str) -> Any:
    """The one value that a statement answers."""
    with raw(url) as connection:
        return connection.execute(sql).fetchone()[0]


def _columns(connection: Any, name: str) -> list[str]:
    cursor = connection.execute(f"SELECT * FROM {name} LIMIT 0")
    return [one[0] for one in cursor.description]


def _copy(url: str, name: str, where: str, first: int, last: int, changed: dict[str, str]) -> None:
    source = table(url, name)
    with raw(url) as connection:
        names = _columns(connection, source)
        values = [changed.get(name, f"t.{name}") for name in names]
        connection.execute(
            f"WITH RECURSIVE n(i) AS"
            f" (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
            f" INSERT INTO {source} ({', '.join(names)}) SELECT {', '.join(values)}"
            f" FROM {source} t CROSS JOIN n WHERE {where}"
        )
        if not url.startswith("sqlite"):
            # What the server's own housekeeping would have found out after a minute.
            connection.execute(f"ANALYZE {source}")


def copy_workflow(url: str, workflow_id: str, count: int, **changed: str) -> None:
    """Make copies `ID-1` … `ID-count`; `changed` gives SQL for a column, in which `n.i` counts."""
    where = f"t.workflow_uuid = '{workflow_id}'"
    new_id = {"workflow_uuid": f"'{workflow_id}-' || n.i"}
    _copy(url, "workflow_status", where, 1, count, {**new_id, **changed})
    _copy(url, "operation_outputs", where, 1, count, new_id)


def copy_last_step(url: str, workflow_id: str, last: int) -> None:
    """Repeat the last recorded step of a workflow until it has `last` of them."""
    mine = f"workflow_uuid = '{workflow_id}'"
    records = table(url, "operation_outputs")
    found = scalar(url, f"SELECT max(function_id) FROM {records} WHERE {mine}")
    # Where a release numbers the operations of its own beside, the position is the number, too.
    changed = {"function_id": "n.i", "position": "CAST(n.i AS TEXT)"}
    where = f"t.{mine} AND t.function_id = {found}"
    _copy(url, "operation_outputs", where, found + 1, last, changed)


def ended(url: str, prefix: str) -> int:
    """How many of the workflows whose id begins so have succeeded."""
    return int(
        scalar(
            url,
            f"SELECT count(*) FROM {table(url, 'workflow_status')}"
            f" WHERE status = 'SUCCESS' AND workflow_uuid LIKE '{prefix}%'",
        )
    )
