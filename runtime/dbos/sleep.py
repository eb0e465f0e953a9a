"""Durable sleep: the time to wake is recorded before the sleep begins.

In: seconds. Out: ``sleep`` and ``sleep_async``. Never sleeps longer because of a crash: a recovered
workflow sleeps until the recorded time.
"""

from __future__ import annotations

from dbos.error import DBOSException
from dbos.kernel import drive, operation, runtime, seam
from dbos.kernel.drive import Protocol, Returned
from dbos.messages import LONGEST_WAIT_SECONDS
from dbos.validity import valid_seconds
from dbos.values import serialize

SLEEP = "DBOS.sleep"


def _sleep(seconds: float) -> Protocol[None]:
    """Sleep for at least ``seconds``, over restarts; a negative number counts as 0.

    Cancelling the workflow ends the sleep at once. Raises ``DBOSException`` in plain code.
    """
    length = max(0.0, min(valid_seconds(seconds, "seconds", finite=True), LONGEST_WAIT_SECONDS))
    now = runtime.active()
    frame = operation.in_workflow("DBOS.sleep")
    if frame is None and length > 0:
        raise DBOSException("DBOS.sleep works only inside a workflow; use time.sleep elsewhere")
    wake_ms = seam.now_ms() + int(length * 1000)
    execution = None
    if frame is not None:
        execution = frame.execution
        begun = operation.begin(frame, SLEEP, serialize.digest(length))
        if begun.recorded is not None:
            wake_ms = int(drive.unwrap(operation.replayed(begun)))
        else:
            yield from operation.complete(begun, Returned(wake_ms), "sleep")
    if execution is None:
        return
    with now.system.wakes.subscribe(("workflow", execution.workflow_id)) as subscription:
        while (remaining := (wake_ms - seam.now_ms()) / 1000) > 0:
            deadline = seam.monotonic() + remaining
            yield from operation.pause(execution, subscription, deadline)
    execution.check()


sleep = drive.blocking(_sleep)
sleep_async = drive.awaitable(_sleep)
