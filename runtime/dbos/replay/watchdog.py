"""The watchdog: a workflow that computes without an end is interrupted.

In: seconds of patience. Out: the block, or ``OutOfPatience`` raised inside of it; code that catches
even that, again and again, ends with its process. Never waits itself. It needs the signals of Unix
and the main thread; elsewhere patience has no end.

On a busy machine little is computed in a second. So who computes is interrupted for what the
process has computed, and who does next to nothing for the time that has passed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from dbos.error import DBOSBaseException

# Code that catches everything is told again after so many seconds, and so many times.
INSISTENCE_SECONDS = 0.25
MOST_INTERRUPTS = 4
EXIT_ERROR = 2
# Of its seconds, what a process has to compute before it is interrupted for that: on an idle
# machine always reached at the first look.
COMPUTED_SHARE = 0.5
# Who computed less of the time between two looks waits for something.
WAITING_SHARE = 0.01
# Something in between, such as asking again and again, may go on for so many times its seconds.
MOST_LOOKS = 10


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
    has_patience = patience_for(seconds)

    def interrupt(number: int, frame: FrameType | None) -> None:
        if has_patience():
            return
        if next(interrupts) > MOST_INTERRUPTS:
            sys.stderr.write(f"{what} does not end, and catches every exception\n")
            sys.stderr.flush()
            os._exit(EXIT_ERROR)
        signal.setitimer(signal.ITIMER_REAL, INSISTENCE_SECONDS, INSISTENCE_SECONDS)
        raise OutOfPatience(f"no end after {seconds} seconds")

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def patience_for(
    seconds: float, computed: Callable[[], float] = time.process_time
) -> Callable[[], bool]:
    """A question to ask every so many seconds: may the process go on? Once it is no, always.

    ``computed`` answers the seconds that the process has computed.
    """
    began = last = computed()
    looks = 0
    ended = False

    def has_patience() -> bool:
        nonlocal last, looks, ended
        now = computed()
        looks += 1
        ended = ended or looks >= MOST_LOOKS
        ended = ended or now - began >= seconds * COMPUTED_SHARE
        ended = ended or now - last < seconds * WAITING_SHARE
        last = now
        return not ended

    return has_patience
