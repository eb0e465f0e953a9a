"""A progress bar on a terminal, for checks that take longer than a moment.

In: how many of how many files have been looked at. Out: one line on stderr that is overwritten, and
wiped when the work is done. Never: writes anything when stderr is no terminal, or within the first
second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

DELAY_SECONDS = 1.0
WIDTH = 30


class Bar:
    """The bar; `clock` gives seconds, and counts from when the bar is made."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._start = clock()
        self._drawn = -1

    def __call__(self, done: int, total: int) -> None:
        """Draw the bar when it is time and it would look different."""
        cells = WIDTH * done // max(total, 1)
        if cells == self._drawn or self._clock() - self._start < DELAY_SECONDS:
            return
        self._drawn = cells
        bar = "#" * cells + "." * (WIDTH - cells)
        self._stream.write(f"\rchecking [{bar}] {done}/{total} files")
        self._stream.flush()

    def wipe(self) -> None:
        """Take the bar off the screen."""
        if self._drawn >= 0:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
