"""Processes of this host that die are noticed, also when they die while they are looked at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from dbos.kernel.wakes import Wakes
from dbos.services import liveness
from dbos.services.neighbours import Neighbours
from dbos.system.executors import Executor
from support.behaviour import eventually


@pytest.fixture
def neighbours() -> Iterator[Neighbours]:
    made = Neighbours(Wakes())
    made.start()
    yield made
    made.stop()


def executor(pid: int) -> Executor:
    """A process of this host, as its row tells of it."""
    return Executor(
        process_token=f"of {pid}",
        executor_id="local",
        host=liveness.identity().host,
        pid=pid,
        process_start="1",
        application_version="1",
        beats=1,
    )


def test_a_process_that_dies_between_judging_and_watching_is_noticed(
    neighbours: Neighbours,
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(60)
    neighbours.watch([executor(gone.pid)])
    assert neighbours.have_ended()
    assert not neighbours.have_ended()


def test_an_end_is_told_once_and_again_on_demand(neighbours: Neighbours) -> None:
    living = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )
    neighbours.watch([executor(living.pid)])
    assert not neighbours.have_ended()
    living.communicate()
    eventually(neighbours.have_ended, "the end is noticed")
    assert not neighbours.have_ended()
    neighbours.ask_again()
    assert neighbours.have_ended()
