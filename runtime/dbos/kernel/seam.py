"""The one seam to the world outside: time, ids, threads and the moment of a commit.

In: nothing. Out: the current time, fresh ids, started threads. Everything else in the runtime asks
here, so a test that replaces ``current`` controls time, counts statements or ends the process at
the n-th commit. Never touches a database and knows no workflow.
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Callable, Sequence


class Seam:
    """The real world. Tests derive from it and put an instance into ``seam.current``."""

    def __init__(self) -> None:
        self._order_lock = threading.Lock()
        self._last_order = 0

    def now_ms(self) -> int:
        """The wall clock, in milliseconds since 1970 in UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """A clock in seconds that never goes back; only differences mean something."""
        return time.monotonic()

    def new_id(self) -> str:
        """A fresh random id."""
        return str(uuid.uuid4())

    def order(self) -> int:
        """A number that grows with every call in this process and, roughly, with time.

        Milliseconds do not tell two enqueues in one millisecond apart; this does.
        """
        with self._order_lock:
            self._last_order = max(self._last_order + 1, time.time_ns() // 1000)
            return self._last_order

    def start_thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Start a daemon thread, so that an interpreter that wants to exit is never held up."""
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        time.sleep(seconds)

    def executed(self, sql: str) -> None:
        """Called before each statement that goes to the system database."""

    def before_commit(self, writes: Sequence[str]) -> None:
        """Called after the statements of a commit and before the commit itself."""

    def after_commit(self, writes: Sequence[str]) -> None:
        """Called after the commit and before anybody sees its results."""


current = Seam()

_tokens = itertools.count(1)


def now_ms() -> int:
    """The wall clock of the current seam, in milliseconds since 1970 in UTC."""
    return current.now_ms()


def monotonic() -> float:
    """The monotonic clock of the current seam, in seconds."""
    return current.monotonic()


def new_id() -> str:
    """A fresh random id from the current seam."""
    return current.new_id()


def order() -> int:
    """A growing number from the current seam; see ``Seam.order``."""
    return current.order()


def count() -> int:
    """The next of 1, 2, 3, … in this process; tells executions of one process apart."""
    return next(_tokens)


def start_thread(name: str, target: Callable[[], None]) -> threading.Thread:
    """Start a daemon thread through the current seam."""
    return current.start_thread(name, target)


def pause(seconds: float) -> None:
    """Do nothing for a while, through the current seam; only where nobody can be woken."""
    current.pause(seconds)
