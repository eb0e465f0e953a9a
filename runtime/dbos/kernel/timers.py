"""Timers: functions that run at a given time, in one thread.

In: a wall-clock time and a function. Out: nothing. Never runs a slow function: what takes time
belongs elsewhere.
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


class Timers:
    """A heap of deadlines and the thread that meets them, started on first use."""

    def __init__(self, wakes: Wakes) -> None:
        self._wakes = wakes
        self._lock = threading.Lock()
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def at(self, epoch_ms: int, function: Callable[[], None]) -> None:
        """Run ``function`` once, at ``epoch_ms`` or soon after."""
        with self._lock:
            if self._stopped:
                return
            heapq.heappush(self._heap, (epoch_ms, next(self._order), function))
            if self._thread is None:
                self._thread = seam.start_thread("dbos-timers", self._serve)
        self._wakes.notify([("timers",)])

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
                        due.append(heapq.heappop(self._heap)[2])
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
