"""The watchdog: a workflow that computes without an end is interrupted.

In: seconds of patience. Out: the block, or ``OutOfPatience`` raised inside of it. Never waits
itself. It needs the signals of Unix and the main thread; elsewhere patience has no end.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from dbos.error import DBOSBaseException

# Code that catches everything is told again, this often in seconds.
INSISTENCE_SECONDS = 0.5


class OutOfPatience(DBOSBaseException):
    """A replayed workflow neither ended nor asked for anything new."""


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise OutOfPatience(f"no end after {seconds} seconds")

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, INSISTENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
