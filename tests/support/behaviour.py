"""What the behaviour tests share: waiting for a condition, and the documented tables by SQL.

In: a condition, or the URL of a system database. Out: rows, or an assertion that names what never
came true. It never imports a part of the runtime: it sees what any user of the database sees.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy


def eventually(condition: Callable[[], bool], what: str, within_seconds: float = 60.0) -> None:
    """Wait until a condition holds; fail with `what` when it does not in time."""
    pause = threading.Event()
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {what}"
        pause.wait(0.01)


def in_thread(function: Callable[[], Any]) -> threading.Thread:
    """Run a function beside the test; the caller joins the thread."""
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    return thread


class SystemTables:
    """The documented tables of a system database, read and changed as users' own SQL does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._prefix = "" if url.startswith("sqlite") else "dbos."
        self._engine = sqlalchemy.create_engine(
            url.replace("postgresql://", "postgresql+psycopg://"),
            poolclass=sqlalchemy.NullPool,
        )

    def query(self, statement: str, **values: Any) -> Sequence[Any]:
        """Rows of a SELECT; `{table}` names are given with `table()`."""
        with self._engine.connect() as connection:
            return connection.execute(sqlalchemy.text(statement), values).all()

    def execute(self, statement: str, **values: Any) -> int:
        """Change rows; the number of rows changed."""
        with self._engine.begin() as connection:
            return connection.execute(sqlalchemy.text(statement), values).rowcount

    def table(self, name: str) -> str:
        """A table's name as this database spells it."""
        return f"{self._prefix}{name}"

    def force_status(self, workflow_id: str, status: str) -> None:
        """Put a workflow into a status, as after a crash."""
        changed = self.execute(
            f"UPDATE {self.table('workflow_status')} SET status = :status "
            "WHERE workflow_uuid = :workflow_id",
            status=status,
            workflow_id=workflow_id,
        )
        assert changed == 1, f"no workflow {workflow_id}"

    def forget_steps(self, workflow_id: str, after: int = 0) -> None:
        """Remove the checkpoints behind a step number, as if the process had died there."""
        self.execute(
            f"DELETE FROM {self.table('operation_outputs')} "
            "WHERE workflow_uuid = :workflow_id AND function_id > :after",
            workflow_id=workflow_id,
            after=after,
        )

    def count(self, name: str) -> int:
        """How many rows a table has."""
        return int(self.query(f"SELECT COUNT(*) FROM {self.table(name)}")[0][0])
