"""Changes that other processes make to one SQLite file, noticed without asking the database.

In: the path of the file. Out: a wake for every waiter when another process has committed. Never
executes a statement while nothing changes: it looks at the size and time of the write-ahead log.

A file time is only as fine as the kernel's tick, so two commits within one tick look like one.
Therefore a log that changed within the last tick counts as changed again; then ``PRAGMA
data_version``, asked on the connection that writes, tells foreign commits from our own.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from dbos.kernel import seam
from dbos.system import dialect

if TYPE_CHECKING:
    from dbos.system import SystemDatabase

LOOK_SECONDS = 0.02
TICK_NS = 50_000_000


class ForeignCommits:
    """The thread that watches the log while somebody waits."""

    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._path = dialect.sqlite_path(system.language.url) + "-wal"
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start watching."""
        self._thread = seam.start_thread("dbos-foreign-commits", self._serve)

    def stop(self) -> None:
        """Stop and join."""
        self._stopping.set()
        self._system.wakes.occupied.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def _look(self) -> tuple[int, int]:
        try:
            found = os.stat(self._path)
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)

    def _serve(self) -> None:
        last: tuple[int, int] | None = None
        looked_at, version = 0, -1
        while not self._stopping.is_set():
            self._system.wakes.occupied.wait()
            now, moment = self._look(), time.time_ns()
            # The previous look may have come within the tick of the commit before it.
            unsure = looked_at - now[0] < TICK_NS
            if now != last or unsure:
                found = self._data_version()
                last = now if found is not None else None
                if found is not None and found != version:
                    # The first answer, too: a commit may have come before it and after the
                    # question of whoever waits.
                    version = found
                    self._system.wakes.notify_everyone()
            looked_at = moment
            self._stopping.wait(LOOK_SECONDS)

    def _data_version(self) -> int | None:
        try:
            return self._system.committer.data_version()
        except sqlite3.Error:
            return None
