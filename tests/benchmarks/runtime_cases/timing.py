"""Small measures that the cases share: rates, medians, and what this process holds."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def rate(count: int, work: Callable[[], object]) -> float:
    """How many of `count` things happened per second while `work` ran."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def milliseconds_each(work: Callable[[], object], times: int = 10) -> float:
    """The median of so many calls, in milliseconds."""
    return median_milliseconds(seconds(work) for _ in range(times))


def median_milliseconds(durations: Iterable[float]) -> float:
    """The median of durations in seconds, in milliseconds."""
    return statistics.median(durations) * 1000


def for_a_while(work: Callable[[int], T], at_most: int, within_seconds: float) -> list[T]:
    """The answers of `work(0)`, `work(1)` …: at least one, until the seconds have passed."""
    end = time.perf_counter() + within_seconds
    answers: list[T] = []
    while len(answers) < at_most and (not answers or time.perf_counter() < end):
        answers.append(work(len(answers)))
    return answers


def until(condition: Callable[[], bool], within_seconds: float = 120.0) -> None:
    """Return once `condition` holds; asks every two milliseconds. Raises `TimeoutError`."""
    end = time.perf_counter() + within_seconds
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError(f"not after {within_seconds} seconds")
        time.sleep(0.002)


def resident_megabytes() -> float:
    """The memory that this process occupies, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def thread_count() -> int:
    """The threads of this process."""
    return len(list(Path("/proc/self/task").iterdir()))
