"""Processes of this host that die are noticed when they die, not when a heartbeat is due.

In: the known executors. Out: a wake for the recovery when one of them is gone. Costs nothing while
everybody lives: the kernel tells, through one descriptor per process (Linux only; elsewhere the
next heartbeat finds out). Never judges: the recovery that is woken asks ``liveness`` as always.

A process that is stopped is not gone. Its lease runs out like that of a process elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dbos.kernel import seam
from dbos.kernel.wakes import Wakes
from dbos.services import liveness

if TYPE_CHECKING:
    from dbos.system.executors import Executor


class Neighbours:
    """The thread that waits for the end of other processes on this host."""

    def __init__(self, wakes: Wakes) -> None:
        self._wakes = wakes
        self._own = liveness.identity()
        self._lock = threading.Lock()
        self._descriptors: dict[tuple[int, str], int] = {}
        self._ended = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._read_end, self._write_end = -1, -1

    def start(self) -> None:
        """Make ready; the thread starts with the first neighbour."""
        if hasattr(os, "pidfd_open"):
            self._read_end, self._write_end = os.pipe()
            os.set_blocking(self._write_end, False)

    def stop(self) -> None:
        """Stop, join, and close all descriptors."""
        with self._lock:
            self._stopping = True
            self._poke()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        with self._lock:
            for descriptor in (*self._descriptors.values(), self._read_end, self._write_end):
                if descriptor != -1:
                    os.close(descriptor)
            self._descriptors.clear()
            self._read_end = self._write_end = -1

    def watch(self, executors: Iterable[Executor]) -> None:
        """From now on, wait for the end of those that run on this host; others are forgotten."""
        wanted = {
            (one.pid, one.process_start)
            for one in executors
            if one.host == self._own.host and one.pid != self._own.pid
        }
        with self._lock:
            if self._stopping or self._write_end == -1 or wanted == self._descriptors.keys():
                return
            for gone in self._descriptors.keys() - wanted:
                os.close(self._descriptors.pop(gone))
            for pid, start in wanted - self._descriptors.keys():
                try:
                    self._descriptors[pid, start] = os.pidfd_open(pid)
                except ProcessLookupError:
                    # It died after it was judged: nobody else will tell.
                    self._tell()
                except OSError:
                    continue
            self._poke()
            if self._thread is None and self._descriptors:
                self._thread = seam.start_thread("dbos-neighbours", self._serve)

    def have_ended(self) -> bool:
        """Whether any has since the last call."""
        ended = self._ended.is_set()
        self._ended.clear()
        return ended

    def ask_again(self) -> None:
        """Let the next ``have_ended`` say so again: what it led to did not succeed."""
        self._ended.set()

    def _poke(self) -> None:
        if self._write_end != -1:
            with contextlib.suppress(OSError):
                os.write(self._write_end, b"!")

    def _serve(self) -> None:
        while True:
            ready = select.poll()
            with self._lock:
                if self._stopping:
                    return
                ready.register(self._read_end, select.POLLIN)
                for descriptor in self._descriptors.values():
                    ready.register(descriptor, select.POLLIN)
            found = {end for end, _ in ready.poll()}
            if self._read_end in found:
                os.read(self._read_end, 4096)
            with self._lock:
                ended = [key for key, end in self._descriptors.items() if end in found]
                for key in ended:
                    os.close(self._descriptors.pop(key))
            if ended:
                self._tell()

    def _tell(self) -> None:
        self._ended.set()
        self._wakes.notify([("service", "heartbeat")])
