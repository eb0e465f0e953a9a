"""Threads for workflows: started when needed, kept for the next one, never in the way of an exit.

In: functions. Out: nothing; they run. Never queues work behind a waiting workflow unless the user
set a limit: a workflow in ``recv`` must not keep others from running.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from dbos.kernel import seam
from dbos.log import logger

IDLE_SECONDS = 10.0


class ThreadPool:
    """A pool of daemon threads. ``most`` is the largest number of threads, None for no limit."""

    def __init__(self, name: str, most: int | None = None) -> None:
        self._name = name
        self._most = most
        self._work: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition(threading.Lock())
        self._idle = 0
        self._threads = 0
        self._started = 0
        self._stopped = False

    def submit(self, work: Callable[[], None]) -> None:
        """Run ``work`` in a thread, at once unless the limit is reached.

        Raises RuntimeError when the system refuses the first thread; ``work`` will not run then.
        Refused a further one, it is left to the thread that is free next.
        """
        with self._changed:
            self._work.append(work)
            if self._idle >= len(self._work):
                self._changed.notify()
                return
            if self._most is not None and self._threads >= self._most:
                return
            self._threads += 1
            self._started += 1
            number = self._started
        try:
            seam.start_thread(f"{self._name}-{number}", self._serve)
        except RuntimeError:
            with self._changed:
                self._threads -= 1
                if not self._threads:
                    self._work.remove(work)
                    raise
            logger.warning("The system refuses further threads: workflows wait for a free one")

    def stop(self, timeout_seconds: float) -> bool:
        """Let idle threads end and wait for busy ones; True when all ended in time."""
        deadline = seam.monotonic() + timeout_seconds
        with self._changed:
            self._stopped = True
            self._work.clear()
            self._changed.notify_all()
            while self._threads:
                remaining = deadline - seam.monotonic()
                if remaining <= 0:
                    return False
                self._changed.wait(remaining)
            return True

    def _serve(self) -> None:
        while True:
            work = self._next()
            if work is None:
                return
            try:
                work()
            except Exception:
                logger.exception("A workflow thread failed outside its workflow")
            except BaseException as error:
                logger.debug("A workflow thread was stopped: %s", error)
            del work

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._idle += 1
            try:
                while not self._work:
                    if self._stopped or not self._changed.wait(IDLE_SECONDS):
                        if self._work and not self._stopped:
                            break
                        self._threads -= 1
                        self._changed.notify_all()
                        return None
                return self._work.popleft()
            finally:
                self._idle -= 1
