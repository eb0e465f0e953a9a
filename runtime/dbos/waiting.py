"""``DBOS.asyncio_wait``: wait for tasks of a workflow, and remember which were done.

In: tasks or futures. Out: the done and the waiting ones. Never decides by the clock at replay:
which of them were done is on record, so the workflow takes the same branch again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from dbos.error import DBOSException
from dbos.kernel import drive, operation
from dbos.kernel.drive import Returned

T = TypeVar("T")
Futures = set[asyncio.Future[T]]
NAME = "DBOS.asyncio_wait"


def asyncio_wait(
    fs: Iterable[asyncio.Future[T]],
    *,
    timeout: float | None = None,
    return_when: str = asyncio.ALL_COMPLETED,
) -> Coroutine[Any, Any, tuple[Futures[T], Futures[T]]]:
    """``asyncio.wait`` whose answer replay repeats; ``timeout`` in seconds.

    Give the tasks in an order that is the same each time, such as a list: a replay finds them by
    their place. Raises ``DBOSException`` for coroutines that are no tasks, or for no tasks at all.
    """
    waited = list(fs)
    if not waited or not all(asyncio.isfuture(one) for one in waited):
        raise DBOSException(
            f"{NAME} needs at least one task or future; make tasks with asyncio.create_task"
        )
    frame = operation.in_workflow(NAME)
    begun = None if frame is None else operation.begin(frame, NAME)

    async def finish() -> tuple[Futures[T], Futures[T]]:
        if begun is None:
            return await asyncio.wait(waited, timeout=timeout, return_when=return_when)
        if begun.recorded is not None:
            places = drive.unwrap(operation.replayed(begun))
            known = {waited[place] for place in places}
            if known:
                await asyncio.wait(known)
            return known, set(waited) - known
        done, pending = await asyncio.wait(waited, timeout=timeout, return_when=return_when)
        found = [place for place, one in enumerate(waited) if one in done]
        recording = operation.complete(begun, Returned(found), NAME)
        await drive.run_async(recording, begun.execution.runtime.system)
        return done, pending

    return finish()
