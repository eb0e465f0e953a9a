"""New databases for each run: SQLite files, or databases of one Postgres server that syncs.

In: "sqlite", "postgres" or the URL of a server. Out: `Databases`, whose `new()` gives the URL of an
empty database for the length of a block. It never leaves a database behind.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from server import refuse_unsynced, running_server

KINDS = ("sqlite", "postgres")


class Databases:
    """Where the databases of one measurement come from; `kind` is that of its figures."""

    def __init__(self, kind: str, server: str | None) -> None:
        self.kind = kind
        self._server = server
        self._numbers = itertools.count(1)

    @contextlib.contextmanager
    def new(self) -> Iterator[str]:
        """The URL of an empty database that exists for the length of the block."""
        with tempfile.TemporaryDirectory(prefix="dbos-benchmark-") as folder:
            if self._server is None:
                yield f"sqlite:///{folder}/benchmark.sqlite"
                return
            name = f"benchmark_{Path(folder).name.rpartition('-')[2]}_{next(self._numbers)}"
            self._execute(f'CREATE DATABASE "{name}"')
            try:
                yield urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))
            finally:
                self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, sql: str) -> None:
        assert self._server is not None
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.encode())


@contextlib.contextmanager
def databases(kind: str, url: str | None = None) -> Iterator[Databases]:
    """Databases of a kind; for Postgres on the server at `url`, or on one that is started here.

    Raises `RuntimeError` for a server that does not sync.
    """
    if kind == "sqlite":
        yield Databases(kind, None)
    elif url is not None:
        refuse_unsynced(url)
        yield Databases(kind, url)
    else:
        with running_server() as made:
            yield Databases(kind, made)
