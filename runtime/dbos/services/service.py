"""Background services: named threads that stop in bounded time.

In: a function to call again and again. Out: a running ``Service``. Never lets one failure end the
service, and never waits longer than ``stop`` allows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from dbos.error import DBOSShutdownError
from dbos.kernel import seam
from dbos.kernel.wakes import Key, Wakes
from dbos.log import logger

STOP_SECONDS = 2.0
FAILURE_PAUSE_SECONDS = 1.0


class Service:
    """Calls ``work`` when woken by one of ``keys`` or when the seconds it answered have passed.

    ``work`` answers how long it may wait until the next call, in seconds, or None: until woken.
    """

    def __init__(
        self, name: str, wakes: Wakes, work: Callable[[], float | None], *keys: Key
    ) -> None:
        self.name = name
        self._wakes = wakes
        self._work = work
        self._keys = (*keys, ("service", name))
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; once."""
        if self._thread is None:
            self._thread = seam.start_thread(f"dbos-{self.name}", self._serve)

    def stop(self) -> None:
        """Stop and join, within ``STOP_SECONDS``."""
        stop_all([self])

    def tell(self) -> None:
        """Stop soon."""
        self._stopping.set()
        self._wakes.notify([("service", self.name)])

    def join(self, deadline: float) -> None:
        """Wait until it has stopped, or until ``deadline`` on the monotonic clock of the seam."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(max(0.0, deadline - seam.monotonic()))

    def _serve(self) -> None:
        with self._wakes.subscribe(*self._keys) as subscription:
            while not self._stopping.is_set():
                try:
                    seconds = self._work()
                except DBOSShutdownError:
                    return
                except (Exception, SystemExit):  # a module of the program may exit when imported
                    logger.exception("The service %s failed and goes on", self.name)
                    seconds = FAILURE_PAUSE_SECONDS
                except BaseException as error:
                    logger.debug("The service %s was ended by %r", self.name, error)
                    return
                if not self._stopping.is_set():
                    deadline = None if seconds is None else seam.monotonic() + seconds
                    subscription.wait(deadline)


def stop_all(services: Sequence[Service]) -> None:
    """Stop and join them all, within ``STOP_SECONDS`` however many wait for the same database."""
    deadline = seam.monotonic() + STOP_SECONDS
    for service in services:
        service.tell()
    for service in services:
        service.join(deadline)
