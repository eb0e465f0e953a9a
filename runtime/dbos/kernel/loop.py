"""The event loop in the background, for coroutine workflows that no loop of the user awaits.

In: coroutines. Out: nothing; they run. Never started before it is needed, and never ended by what
runs on it: ``sys.exit()`` in one workflow is no reason to stop the others.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from dbos.kernel import seam
from dbos.log import logger


class Loop:
    """One event loop in one thread, started on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def submit(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine as a task of the background loop."""
        loop = self.running()
        loop.call_soon_threadsafe(self._start, work)

    def adopt(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine as a task of the running loop, and keep the task from being collected."""
        self._start(work)

    def stop(self, timeout_seconds: float) -> None:
        """Cancel what still runs, stop the loop and join its thread."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._cancel_all(), loop)
        if thread is not threading.current_thread():
            thread.join(timeout_seconds)

    def running(self) -> asyncio.AbstractEventLoop:
        """The background loop, started when this is the first to need it."""
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()

                def serve() -> None:
                    asyncio.set_event_loop(loop)
                    try:
                        _run_until_stopped(loop)
                    finally:
                        loop.close()

                try:
                    self._thread = seam.start_thread("dbos-loop", serve)
                except RuntimeError:  # no thread is to be had now
                    loop.close()
                    raise
                self._loop = loop
            return self._loop

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # workflows record their errors themselves

    async def _cancel_all(self) -> None:
        loop = asyncio.get_running_loop()
        mine = [task for task in self._tasks if task.get_loop() is loop]
        for task in mine:
            task.cancel()
        if mine:
            await asyncio.wait(mine, timeout=1.0)
        await loop.shutdown_default_executor()
        loop.stop()


def _run_until_stopped(loop: asyncio.AbstractEventLoop) -> None:
    while True:
        try:
            return loop.run_forever()
        except (KeyboardInterrupt, SystemExit) as error:
            # asyncio lets these two through a task and out of the loop; the task has ended with it.
            logger.error("A coroutine raised %r in the background; the others go on", error)
