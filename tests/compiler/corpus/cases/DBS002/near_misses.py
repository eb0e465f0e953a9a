"""Durations without a stopwatch, and stopwatches in steps."""

import time
from datetime import timedelta

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def measured_call(name: str) -> float:
    started = time.perf_counter()
    len(name)
    return time.perf_counter() - started


class Stopwatch:
    """Counts what it is told, not time."""

    def __init__(self) -> None:
        self.ticks = 0

    def monotonic(self) -> int:
        self.ticks += 1
        return self.ticks


def perf_counter() -> int:
    return 7


@DBOS.workflow()
def duration() -> float:
    pause = timedelta(seconds=5)
    save("pause", pause.total_seconds())
    return pause.total_seconds()


@DBOS.workflow()
def in_step() -> float:
    seconds = measured_call("orders")
    save("seconds", seconds)
    return seconds


@DBOS.workflow()
def own_watch() -> int:
    watch = Stopwatch()
    watch.monotonic()
    save("ticks", watch.monotonic())
    return watch.ticks


@DBOS.workflow()
def own_counter() -> int:
    save("count", perf_counter())
    return perf_counter()


@DBOS.workflow()
def shadowed_parameter(monotonic: int, time: int) -> int:
    save("time", time)
    return monotonic + time


@DBOS.workflow()
def durable_pause() -> None:
    DBOS.sleep(timedelta(seconds=2).total_seconds())
    save("after", "pause")


@DBOS.workflow()
def recorded_watch() -> float:
    started = DBOS.run_step(None, time.perf_counter)
    ended = DBOS.run_step(None, time.perf_counter)
    return ended - started


@DBOS.workflow()
def difference_of_inputs(started: float, ended: float) -> float:
    return ended - started
