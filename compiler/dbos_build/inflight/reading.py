"""Asking a database what is in flight, through the command of the runtime.

In: the URL of a system database. Out: `Workflow` values, one after the other, as the command
writes them. Never: connects itself, shows the URL to other users of the machine (the child gets it
in its environment) or loads a stored value.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from dbos_build.error import DatabaseError

URL_VARIABLE = "DBOS_SYSTEM_DATABASE_URL"
WAITING = ("ENQUEUED", "DELAYED")


@dataclass(frozen=True, slots=True)
class Operation:
    """A recorded operation: `number` orders the calls, `position` names the place in the code."""

    number: int
    position: str
    name: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that has not ended. `executions` counts how often anybody began to run it."""

    id: str
    name: str
    status: str
    queue: str | None
    application_version: str | None
    workflow_version: str | None
    executions: int
    operations: tuple[Operation, ...]
    children: tuple[str, ...]

    @property
    def begun(self) -> bool:
        """Whether its code has run at all; waiting work that has not can be told by its inputs."""
        return bool(self.operations) or self.executions > 0 or self.status not in WAITING


def read(url: str | None, schema: str = "dbos") -> Iterator[Workflow]:
    """Yield everything in flight, by id; without a URL, from the database that the runtime uses.

    Raises DatabaseError, in one line, when the database cannot be read.
    """
    # -P: what lies in the current folder is not ours to import.
    command = [sys.executable, "-P", "-m", "dbos", "workflow", "in-flight", "--json"]
    environment = dict(os.environ) | ({URL_VARIABLE: url} if url else {})
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [*command, "--schema", schema],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            encoding="utf-8",
        )
        try:
            assert process.stdout is not None
            with process.stdout:
                for line in process.stdout:
                    yield _workflow(line)
            if process.wait() != 0:
                complaints.seek(0)
                raise DatabaseError(_told(complaints.read().decode("utf-8", "replace")))
        finally:
            process.kill()
            process.wait()


def _told(complaints: str) -> str:
    """The last line that the command wrote, without its name, and with our option for its own."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    last = lines[-1] if lines else "the command `dbos workflow in-flight` failed"
    for prefix in ("dbos: error: ", "dbos: ", "Error: "):
        last = last.removeprefix(prefix)
    return last.replace("--sys-db-url", "--db")


def _workflow(line: str) -> Workflow:
    try:
        row = json.loads(line)
        return Workflow(
            id=row["id"],
            name=row["name"],
            status=row["status"],
            queue=row["queue"],
            application_version=row["application_version"],
            workflow_version=row["workflow_version"],
            executions=row["executions"],
            operations=tuple(Operation(*each) for each in row["operations"]),
            children=tuple(row["children"]),
        )
    except (ValueError, KeyError, TypeError) as failure:
        raise DatabaseError(
            "the installed `dbos` command answers in a form that this dbos-build does not know; "
            "install both from one release"
        ) from failure
