"""A program whose main thread ends while workflows run; it must not wait for them.

Arguments: the URL of the system database, and how to end: "fall", "exit" or "raise".
"""

from __future__ import annotations

import sys
import threading

from dbos import DBOS


@DBOS.step()
def stuck() -> None:
    """A step that does not end by itself."""
    threading.Event().wait()


@DBOS.workflow()
def in_a_step() -> None:
    """Is inside a step when the program ends."""
    DBOS.set_event("begun", True)
    stuck()


@DBOS.workflow()
def asleep() -> None:
    """Sleeps when the program ends."""
    DBOS.sleep(3600)


@DBOS.workflow()
async def awaiting() -> None:
    """Waits on an event loop when the program ends."""
    await DBOS.recv_async(timeout_seconds=3600)


def main(url: str, how: str) -> None:
    """Start them and end."""
    DBOS(config={"name": "ending", "system_database_url": url, "log_level": "WARNING"})
    DBOS.launch()
    begun = DBOS.start_workflow(in_a_step)
    DBOS.start_workflow(asleep)
    DBOS.start_workflow(awaiting)
    assert DBOS.get_event(begun.workflow_id, "begun")
    print("ending", flush=True)
    if how == "exit":
        sys.exit(7)
    if how == "raise":
        raise RuntimeError("on purpose")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
