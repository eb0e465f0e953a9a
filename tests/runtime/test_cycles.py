"""A hundred lives in one process: nothing that a launch opens outlives its destroy."""

from __future__ import annotations

import gc
import os
import threading

import pytest

from dbos import DBOS, DBOSConfig, Queue

LIVES = 100


def opened() -> tuple[int, int]:
    """How many threads run and how many files and sockets are open."""
    gc.collect()
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def live_once(config: DBOSConfig) -> None:
    """Launch, do one piece of each kind of work, destroy."""
    DBOS(config=config)
    queue = Queue("cycles")

    @DBOS.step()
    def step(number: int) -> int:
        return number

    @DBOS.workflow()
    def workflow(number: int) -> int:
        return step(number)

    DBOS.launch()
    assert workflow(1) == 1
    assert DBOS.start_workflow(workflow, 2).get_result() == 2
    assert queue.enqueue(workflow, 3).get_result() == 3
    DBOS.destroy(destroy_registry=True)


@pytest.mark.long
def test_a_hundred_lives_leave_no_thread_file_or_socket(database_url: str) -> None:
    DBOS.destroy(destroy_registry=True)
    config: DBOSConfig = {"name": "cycles", "system_database_url": database_url}
    for _ in range(3):  # what is loaded and cached once
        live_once(config)
    before = opened()
    for _ in range(LIVES):
        live_once(config)
    after = opened()
    assert after[0] <= before[0], [thread.name for thread in threading.enumerate()]
    assert after[1] <= before[1]
