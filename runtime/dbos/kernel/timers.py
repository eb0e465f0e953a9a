"""Timers: functions that run at a given time, in one thread.

In: a wall-clock time and a function. Out: a ``Timer`` to cancel. Never runs a slow function: what
takes time belongs elsewhere. Never keeps what a cancelled timer was for.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable

from dbos.kernel import seam
from dbos.kernel.wakes import Wakes
from dbos.log import logger

LOOK_SECONDS = 60.0


# So many cancelled timers may wait for their time before the heap is made anew without them.
MOST_CANCELLED = 256


class Timer:
    """A function that is still to run; None once it ran or was cancelled."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], None]) -> None:
        self.function: Callable[[], None] | None = function


class Timers:
    """A heap of deadlines and the thread that meets them, started on first use."""

    def __init__(self, wakes: Wakes) -> None:
        self._wakes = wakes
        self._lock = threading.Lock()
        self._heap: list[tuple[int, int, Timer]] = []
        self._cancelled = 0
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def at(self, epoch_ms: int, function: Callable[[], None]) -> Timer:
        """Run ``function`` once, at ``epoch_ms`` or soon after, unless the answer is cancelled."""
        timer = Timer(function)
        with self._lock:
            if self._stopped:
                return timer
            heapq.heappush(self._heap, (epoch_ms, next(self._order), timer))
            if self._thread is None:
                self._thread = seam.start_thread("dbos-timers", self._serve)
        self._wakes.notify([("timers",)])
        return timer

    def cancel(self, timer: Timer) -> None:
        """Let a timer be nothing any more. Cancelling it again, or too late, does nothing."""
        with self._lock:
            if timer.function is None:
                return
            timer.function = None
            self._cancelled += 1
            if self._cancelled > max(MOST_CANCELLED, len(self._heap) // 2):
                self._heap = [entry for entry in self._heap if entry[2].function is not None]
                heapq.heapify(self._heap)
                self._cancelled = 0

    def stop(self) -> None:
        """Forget all timers and join the thread."""
        with self._lock:
            self._stopped = True
            self._heap.clear()
            thread = self._thread
        self._wakes.notify([("timers",)])
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=2.0)

    def _serve(self) -> None:
        with self._wakes.subscribe(("timers",)) as subscription:
            while True:
                now = seam.now_ms()
                due: list[Callable[[], None]] = []
                with self._lock:
                    if self._stopped:
                        return
                    while self._heap and self._heap[0][0] <= now:
                        timer = heapq.heappop(self._heap)[2]
                        if timer.function is None:
                            self._cancelled -= 1
                        else:
                            due.append(timer.function)
                            timer.function = None
                    wait_ms = self._heap[0][0] - now if self._heap else None
                for function in due:
                    try:
                        function()
                    except Exception:
                        logger.exception("A timer failed")
                if not due:
                    # Looked at now and then: the wall clock may be set, the machine suspended.
                    seconds = None if wait_ms is None else min(wait_ms / 1000, LOOK_SECONDS)
                    deadline = None if seconds is None else seam.monotonic() + seconds
                    subscription.wait(deadline)
