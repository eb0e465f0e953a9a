"""The watchdog: a workflow that computes without an end is interrupted.

In: seconds of patience. Out: the block, or ``OutOfPatience`` raised inside of it; code that catches
even that, again and again, ends with its process. Never waits itself. It needs the signals of Unix
and the main thread; elsewhere patience has no end.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from dbos.error import DBOSBaseException

# Code that catches everything is told again after so many seconds, and so many times.
INSISTENCE_SECONDS = 0.25
MOST_INTERRUPTS = 4
EXIT_ERROR = 2


class OutOfPatience(DBOSBaseException):
    """A replayed workflow neither ended nor asked for anything new."""


@contextlib.contextmanager
def patience(seconds: float, what: str) -> Iterator[None]:
    """Interrupt the block after so many seconds; ``what`` names it if the process has to end."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield
        return

    interrupts = itertools.count(1)

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        if next(interrupts) > MOST_INTERRUPTS:
            sys.stderr.write(f"{what} does not end, and catches every exception\n")
            sys.stderr.flush()
            os._exit(EXIT_ERROR)
        raise OutOfPatience(f"no end after {seconds} seconds")

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, INSISTENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
