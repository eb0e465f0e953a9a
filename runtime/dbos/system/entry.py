"""One write on its way to a commit, and the thread or the future that waits for it.

In: a ``Write`` or ``Script``. Out: its result or its error. Never executes anything: that is
``commit``, which alone knows whose turn it is.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from dbos.system.dialect import is_held_elsewhere
from dbos.system.statement import Script, Write

# How long a write that stepped aside stays there, first and at most.
FIRST_ASIDE_SECONDS = 0.05
LONGEST_ASIDE_SECONDS = 1.0
# The error of a write that stepped aside since those before it in its batch had to.
PASSED_BY = TimeoutError("what is written to is locked")


class Entry:
    """One write on its way, and the thread or the future that waits for it."""

    __slots__ = (
        *("_gate", "aside_seconds", "error", "exclusive", "future", "leads", "loop", "result"),
        "write",
    )

    def __init__(self, write: Write[Any] | Script[Any], *, exclusive: bool = False) -> None:
        self.write = write
        # holds a place in the line for a transaction on another connection
        self.exclusive = exclusive
        self.result: Any = None
        self.error: BaseException | None = None
        # how long it stays aside when it meets a lock of somebody else
        self.aside_seconds = FIRST_ASIDE_SECONDS
        self.leads = False
        self._gate: threading.Lock | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.future: asyncio.Future[Any] | None = None

    def arm(self) -> None:
        """Make ``wait`` block until ``release``."""
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self, timeout_seconds: float = -1) -> bool:
        """Block until this write is done or its thread has to lead; False when time is over."""
        assert self._gate is not None
        return self._gate.acquire(timeout=timeout_seconds)

    def release(self) -> None:
        """Let the waiting thread go on."""
        if self._gate is not None:
            self._gate.release()

    def is_held_up(self) -> bool:
        """Whether it met a lock that somebody else has, and has to step aside."""
        return self.error is PASSED_BY or (self.error is not None and is_held_elsewhere(self.error))

    def pass_by(self) -> None:
        """Step aside without being tried, and come back before those that were."""
        self.error = PASSED_BY
        self.aside_seconds = FIRST_ASIDE_SECONDS / 2

    def has_long_waited(self) -> bool:
        """Whether it will now stay aside for the longest time."""
        return self.aside_seconds >= LONGEST_ASIDE_SECONDS

    def step_aside(self) -> float:
        """Make ready to stand in the line again; answers after how many seconds."""
        seconds = self.aside_seconds
        self.aside_seconds = min(2 * seconds, LONGEST_ASIDE_SECONDS)
        self.error, self.leads, self._gate = None, False, None
        return seconds

    def take(self) -> Any:
        """The result, or its error raised."""
        if self.error is not None:
            try:
                raise self.error
            finally:
                self.error = None
        return self.result
