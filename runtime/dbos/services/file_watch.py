"""Waiting until somebody writes to a file, this process or another one.

In: a path. Out: ``FileWatch``, whose ``wait`` ends when the file has changed. Never opens the file,
and never says that a change is complete: what was written may take effect later.

On Linux the kernel tells (inotify), so waiting costs nothing, however long. Elsewhere, and where
the kernel turns out not to tell, the size and time of the file are looked at again and again. Even
where it tells they are looked at now and then: the file may have been replaced by another one.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
import time

LOOK_SECONDS = 0.02
SAFETY_SECONDS = 2.0
# Instead of a descriptor of the kernel: it was not asked for one yet, or has none.
NOT_YET, NONE = -2, -1
# <sys/inotify.h>: written to; metadata, such as its last name taken away; moved; deleted.
_CHANGES = 0x2 | 0x4 | 0x800 | 0x400


class FileWatch:
    """One file that may be missing for now. ``wait`` is for one thread, ``interrupt`` for any."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._interrupted = threading.Event()
        self._seen = self._look()
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)
        # a descriptor, once there was a long wait
        self._kernel = NOT_YET
        # the file that the kernel tells about
        self._watched: tuple[int, int] | None = None

    def wait(self, seconds: float) -> bool:
        """Wait for a change since the last call, at most so long. Whether there was one."""
        deadline = time.monotonic() + seconds
        while not self._interrupted.is_set():
            self._follow(seconds)
            # Looked at behind ``_follow``: what changes from here on is told.
            seen, self._seen = self._seen, self._look()
            if seen != self._seen:
                self._drain()
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if self._watched is None:
                self._interrupted.wait(min(left, LOOK_SECONDS))
            elif self._told(min(left, SAFETY_SECONDS)):
                self._seen = self._look()
                return True
            elif self._look()[1:] != self._seen[1:]:
                # It changed, and the kernel did not tell.
                self._give_up_kernel()
        return False

    def interrupt(self) -> None:
        """End ``wait``, now and for ever."""
        self._interrupted.set()
        with contextlib.suppress(OSError):
            os.write(self._write_end, b"!")

    def close(self) -> None:
        """Give everything back, once nobody waits any more."""
        self._give_up_kernel()
        os.close(self._read_end)
        os.close(self._write_end)

    def _look(self) -> tuple[tuple[int, int] | None, int, int]:
        try:
            found = os.stat(self._path)
        except OSError:
            return (None, 0, 0)
        return ((found.st_dev, found.st_ino), found.st_mtime_ns, found.st_size)

    def _follow(self, seconds: float) -> None:
        """Ask the kernel to tell about the file that has the name now, once it is worth it."""
        if self._kernel == NOT_YET and seconds > SAFETY_SECONDS:
            self._kernel = _open_inotify()
        file = self._look()[0]
        if self._kernel < 0 or file == self._watched:
            return
        self._watched = None
        if file is not None and _add_watch(self._kernel, self._path):
            self._watched = file

    def _told(self, seconds: float) -> bool:
        ready = select.poll()
        ready.register(self._kernel, select.POLLIN)
        ready.register(self._read_end, select.POLLIN)
        found = {end for end, _ in ready.poll(seconds * 1000)}
        if self._kernel in found:
            self._drain()
        return self._kernel in found

    def _drain(self) -> None:
        if self._kernel >= 0:
            with contextlib.suppress(BlockingIOError):
                while os.read(self._kernel, 65536):
                    pass

    def _give_up_kernel(self) -> None:
        kernel, self._kernel, self._watched = self._kernel, NONE, None
        if kernel >= 0:
            os.close(kernel)


def _open_inotify() -> int:
    """A descriptor of changes to files; ``NONE`` where there is none to be had."""
    if sys.platform != "linux":
        return NONE
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        return int(ctypes.CDLL(None).inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    return NONE


def _add_watch(descriptor: int, path: str) -> bool:
    import ctypes

    watch = ctypes.CDLL(None).inotify_add_watch(descriptor, os.fsencode(path), _CHANGES)
    return int(watch) != -1
