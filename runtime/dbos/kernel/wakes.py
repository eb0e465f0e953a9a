"""Who waits for what, and how they are woken.

In: keys such as ``("event", workflow id, key)``. Out: ``Subscription`` objects that a thread or a
coroutine waits on. Never reads a database: a woken waiter looks for itself, so a spurious wake is
harmless and a wake can be shared.

The order that loses no wake-up is: subscribe, look, wait. A notification between looking and
waiting leaves its mark on the subscription, so the wait returns at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable
from types import TracebackType

from dbos.kernel import seam

Key = tuple[str, ...]


class Subscription:
    """One waiter's interest in some keys. Use as a context manager, so that it is dropped."""

    __slots__ = ("_future", "_lock", "_loop", "_marked", "_wakes", "keys")

    def __init__(self, wakes: Wakes, keys: tuple[Key, ...]) -> None:
        self.keys = keys
        self._wakes = wakes
        self._marked = False
        self._lock = threading.Condition(threading.Lock())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._future: asyncio.Future[None] | None = None

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop being told. Safe to call twice."""
        self._wakes.drop(self)

    def mark(self) -> None:
        """Wake the waiter now, or make its next wait return at once."""
        with self._lock:
            self._marked = True
            self._lock.notify_all()
            loop, future = self._loop, self._future
        if loop is not None and future is not None:
            # A closed loop refuses: then nobody waits on it any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_finish, future)

    def wait(self, deadline: float | None) -> bool:
        """Block until marked or until the monotonic ``deadline``. True when marked."""
        with self._lock:
            while not self._marked:
                remaining = None if deadline is None else deadline - seam.monotonic()
                if remaining is not None and remaining <= 0:
                    return False
                # Waiting in slices keeps the main thread open to signals on every platform.
                self._lock.wait(60.0 if remaining is None else min(remaining, 60.0))
            self._marked = False
            return True

    async def wait_async(self, deadline: float | None) -> bool:
        """Like ``wait``, for a coroutine; holds no thread."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if self._marked:
                self._marked = False
                return True
            self._loop, self._future = loop, future
        try:
            remaining = None if deadline is None else max(0.0, deadline - seam.monotonic())
            timer = None if remaining is None else loop.call_later(remaining, _finish, future)
            try:
                await future
            finally:
                if timer is not None:
                    timer.cancel()
        finally:
            with self._lock:
                self._loop = self._future = None
                marked, self._marked = self._marked, False
        return marked


class Wakes:
    """The switchboard: subscriptions by key. All methods are safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Key, set[Subscription]] = {}
        self._all: set[Subscription] = set()
        self.occupied = threading.Event()
        # tells other processes, where there is a way to
        self.outlet: Callable[[tuple[Key, ...]], None] | None = None

    def subscribe(self, *keys: Key) -> Subscription:
        """Be told about these keys from now on."""
        subscription = Subscription(self, keys)
        with self._lock:
            self._all.add(subscription)
            for key in keys:
                self._waiting.setdefault(key, set()).add(subscription)
            self.occupied.set()
        return subscription

    def drop(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        with self._lock:
            self._all.discard(subscription)
            for key in subscription.keys:
                waiting = self._waiting.get(key)
                if waiting is not None:
                    waiting.discard(subscription)
                    if not waiting:
                        del self._waiting[key]
            if not self._all:
                self.occupied.clear()

    def notify(self, keys: Iterable[Key]) -> None:
        """Wake everyone who waits for one of the keys."""
        found: set[Subscription] = set()
        with self._lock:
            for key in keys:
                found.update(self._waiting.get(key, ()))
        for subscription in found:
            subscription.mark()

    def publish(self, keys: Iterable[Key]) -> None:
        """Something was committed: wake those who wait for it, here and in other processes."""
        published = tuple(keys)
        self.notify(published)
        outlet = self.outlet
        if outlet is not None and published:
            outlet(published)

    def is_waited_for(self, key: Key) -> bool:
        """Whether somebody waits for this key now; no lock, so it may be out of date at once."""
        return key in self._waiting

    def waited_for(self) -> list[Key]:
        """The keys that somebody waits for now."""
        with self._lock:
            return list(self._waiting)

    def notify_queues(self) -> None:
        """Wake whoever takes work from a queue here: some work may have left its place in one."""
        self.notify(key for key in self.waited_for() if key[0] == "queue")

    def notify_everyone(self) -> None:
        """Wake all waiters: something changed that this process cannot name."""
        with self._lock:
            everyone = list(self._all)
        for subscription in everyone:
            subscription.mark()


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
