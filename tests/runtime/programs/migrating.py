"""A migration killed at its first, second, third, … statement: `migrating.py DATABASE [VERSION]`.

The database is empty, or has the schema of this version.
Each try is a forked process that kills itself with SIGKILL instead of executing its n-th statement.
After each, the schema must be the old or the new one, nothing in between. Prints how many tries
were killed, once one came through.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from typing import Any

from dbos.system import SystemDatabase, dialect, migrations

url, begins_at = sys.argv[1], int((*sys.argv, "0")[2])
connect = dialect.connect


class CountedConnection:
    """A connection that ends its process at one statement."""

    def __init__(self, connection: Any, last: int) -> None:
        self._connection = connection
        self._left = last

    def execute(self, *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._connection.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def migrate(last: int) -> None:
    """In the child: migrate, and die at statement ``last``."""

    def counted(spoken: dialect.Language, **wanted: Any) -> Any:
        return CountedConnection(connect(spoken, **wanted), last)

    dialect.connect = counted
    system = SystemDatabase(url)
    system.migrate()
    system.close()


for number in itertools.count(1):
    child = os.fork()
    if child == 0:
        migrate(number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    system = SystemDatabase(url)
    found = system.schema_version()
    system.close()
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
        assert found == migrations.NEWEST, found
        print(number - 1)
        break
    assert os.WIFSIGNALED(status), "the migration failed by itself"
    assert found in (begins_at, migrations.NEWEST), found
