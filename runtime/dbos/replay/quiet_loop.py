"""An event loop for replays: it never waits, and it notices when nothing can go on.

In: coroutines. Out: their result, or ``RecordEnded`` when every task stands still. Never sleeps:
when only timers are left, it moves its own clock to the next one, and only if that can still
matter. Worker threads (``asyncio.to_thread``) are waited for, because they do end.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from dbos.replay import places
from dbos.replay.record_only import RecordEnded

THREAD_POLL_SECONDS = 0.05
# A task that asks again and again without waiting is noticed after so many turns of the loop.
LONGEST_SPIN = 10_000


class _Selector(selectors.DefaultSelector):
    """Asks the loop what to do instead of waiting."""

    loop: QuietLoop

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if events or timeout == 0:
            self.loop.turn()
            return events
        return self.loop.idle(timeout, super().select)


class QuietLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is its own. ``is_done`` tells whether there is nothing to wait for.

    Arguments: whether the record has been used up and the code waits for more.
    """

    def __init__(self, is_done: Callable[[], bool]) -> None:
        selector = _Selector()
        selector.loop = self
        self._now = 0.0
        self._threads = 0
        self._turns = 0
        self.is_done = is_done
        super().__init__(selector)
        self.set_task_factory(_make_task)
        self.set_exception_handler(lambda loop, told: None)

    def time(self) -> float:
        """Seconds on the loop's own clock."""
        return self._now

    def turn(self) -> None:
        """The loop turns without being idle; when it only spins, nothing more will come."""
        self._turns += 1
        if self._turns % LONGEST_SPIN == 0 and self.is_done():
            raise RecordEnded("every task spins or waits for something that is not on record")

    def idle(self, timeout: float | None, wait: Callable[[float], Any]) -> Any:
        """No task can go on now: wait for a thread, move the clock, or give up."""
        if self._threads:
            return wait(THREAD_POLL_SECONDS)
        if timeout is None or self.is_done():
            raise RecordEnded("every task waits for something that is not on record")
        self._now += timeout
        return []

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a function in a thread; when the record ends in there, nothing comes back."""
        inner = super().run_in_executor(executor, places.sent(func), *args)
        outer: asyncio.Future[Any] = self.create_future()
        self._threads += 1

        def ended(done: asyncio.Future[Any]) -> None:
            self._threads -= 1
            if outer.done() or done.cancelled():
                return
            error = done.exception()
            if isinstance(error, RecordEnded):
                return
            if error is not None:
                outer.set_exception(error)
            else:
                outer.set_result(done.result())

        inner.add_done_callback(ended)
        return outer

    async def shutdown_default_executor(self, *timeout: float | None) -> None:
        """End the worker threads; this waits for them, so the loop is not idle meanwhile."""
        self._threads += 1
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self._threads -= 1

    def finish(self) -> None:
        """Let the remaining tasks unwind, and close the loop."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        try:
            if tasks:
                self.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        except RecordEnded:
            pass  # a task that does not let itself be cancelled stays behind
        finally:
            self.close()


async def _guarded(work: Coroutine[Any, Any, Any]) -> Any:
    """A task in which the record ends does not fail: it stands still, and the others go on."""
    try:
        return await work
    except RecordEnded:
        return await asyncio.get_running_loop().create_future()


def _make_task(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
    return asyncio.Task(_guarded(work), loop=loop, **options)


class QuietPolicy(asyncio.DefaultEventLoopPolicy):
    """Makes such loops for programs that call ``asyncio.run`` inside a workflow."""

    def __init__(self, is_done: Callable[[], bool]) -> None:
        super().__init__()
        self._is_done = is_done

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """A fresh loop."""
        return QuietLoop(self._is_done)
