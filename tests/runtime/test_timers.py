"""Timers: what was cancelled never runs and keeps nothing; the others run when their time comes."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from dbos import DBOS, SetWorkflowTimeout
from dbos.kernel import runtime, seam
from dbos.kernel.timers import MOST_CANCELLED, Timers
from dbos.kernel.wakes import Wakes

FAR_MS = 10**9


class Held:
    """Something that a timer is for."""

    def do(self) -> None:
        """What is to be done."""


@pytest.fixture
def timers() -> Iterator[Timers]:
    """Timers of the test's own."""
    made = Timers(Wakes())
    yield made
    made.stop()


def test_a_cancelled_timer_keeps_nothing_however_far_its_time_is(timers: Timers) -> None:
    held = Held()
    gone = weakref.ref(held)
    timer = timers.at(seam.now_ms() + FAR_MS, held.do)
    timers.cancel(timer)
    timers.cancel(timer)
    del held
    gc.collect()
    assert gone() is None


def test_cancelled_timers_do_not_pile_up(timers: Timers) -> None:
    kept = timers.at(seam.now_ms() + FAR_MS, lambda: None)
    for _ in range(10 * MOST_CANCELLED):
        timers.cancel(timers.at(seam.now_ms() + FAR_MS, lambda: None))
    assert len(timers._heap) <= MOST_CANCELLED + 2
    assert kept in [entry[2] for entry in timers._heap]


def test_only_what_is_not_cancelled_runs(timers: Timers) -> None:
    ran, done = [], threading.Event()
    soon = seam.now_ms() + 30
    late = timers.at(soon, lambda: ran.append("cancelled"))
    timers.at(soon, lambda: ran.append("first"))
    timers.at(soon + 1, done.set)
    timers.cancel(late)
    assert done.wait(60)
    assert ran == ["first"]


def test_a_workflow_that_ends_before_its_deadline_leaves_no_timer(launched: None) -> None:
    @DBOS.workflow()
    def workflow() -> None: ...

    with SetWorkflowTimeout(3600):
        for _ in range(3):
            workflow()
    heap = runtime.active().timers._heap
    assert [entry for entry in heap if entry[2].function is not None] == []
