"""Small measures that the cases share: rates and medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable


def rate(count: int, work: Callable[[], object]) -> float:
    """How many of `count` things happened per second while `work` ran."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def median_milliseconds(seconds: Iterable[float]) -> float:
    """The median of durations, in milliseconds."""
    return statistics.median(seconds) * 1000
