"""Functions that a coroutine workflow hands to threads: each belongs to the task that handed it on.

In: an event loop. Out: the same loop with a default executor that remembers, when a function is
submitted, from which task of which workflow. Never lets the threads decide about the order: in
``asyncio.gather(asyncio.to_thread(a), asyncio.to_thread(b))`` a's operations come before b's,
because places are taken in the loop, where tasks begin in the order in which they were made.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dbos.kernel import context

if TYPE_CHECKING:
    from dbos.kernel.execution import Execution, Lane

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Submitted:
    """What the running thread works for: the lane of a task, and a number kept for it."""

    execution: Execution
    lane: Lane
    number: int | None


class _Thread(threading.local):
    submitted: Submitted | None = None


_thread = _Thread()


def submitted_to(execution: Execution) -> Submitted | None:
    """What the calling thread works for, when that is this execution."""
    found = _thread.submitted
    return found if found is not None and found.execution is execution else None


class SubmittingExecutor(ThreadPoolExecutor):
    """A pool of threads in which functions keep the place at which they were submitted."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` in a thread, on the lane of the task that submits it."""
        frame = context.frame.get()
        if frame is None or frame.step is not None:
            return super().submit(fn, *args, **kwargs)
        execution = frame.execution
        lane = execution.lane_of_caller(frame.lane)
        # The flow of the workflow itself awaits one thread at a time: there the order is clear.
        number = None if lane is frame.lane else execution.number()
        return super().submit(_on, Submitted(execution, lane, number), fn, args, kwargs)


def _on(
    submitted: Submitted, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> T:
    _thread.submitted = submitted
    try:
        return function(*args, **kwargs)
    finally:
        _thread.submitted = None
        if submitted.number is not None:
            submitted.execution.give_back(submitted.number)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Let the loop's default executor keep places, unless the program has set one of its own."""
    if getattr(loop, "_default_executor", loop) is None:
        loop.set_default_executor(SubmittingExecutor(thread_name_prefix="asyncio"))
