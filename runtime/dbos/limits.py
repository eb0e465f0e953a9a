"""The limits of a queue: how many of its workflows may run, and how many may start in a while.

In: what a declaration gives. Out: ``Limits``, checked. Never counts anything: whoever takes work
counts in the transaction that takes it.

A queue is split into partitions when any limit is one per partition. The older spelling,
``partition_queue=True``, makes every other limit one per partition, and then lets one workflow of
a partition run at a time unless ``concurrency`` says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from dbos.error import DBOSQueueOptionsError


class QueueRateLimit(TypedDict):
    """At most ``limit`` starts in any ``period`` seconds."""

    limit: int
    period: float


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``limit`` starts in any ``period_seconds``."""

    limit: int
    period_seconds: float

    def as_mapping(self) -> QueueRateLimit:
        """As callers write it."""
        return {"limit": self.limit, "period": self.period_seconds}


@dataclass(frozen=True, slots=True)
class Scope:
    """Bounds that hold together: over all processes, in each process, and per period."""

    concurrency: int | None = None
    worker_concurrency: int | None = None
    rate: Rate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a queue may run, as its declaration says it; None is "no such limit".

    Raises ``DBOSQueueOptionsError``, which is a ``ValueError``, for limits that make no sense.
    """

    concurrency: int | None = None
    worker_concurrency: int | None = None
    limiter: Rate | None = None
    partition_concurrency: int | None = None
    partition_worker_concurrency: int | None = None
    partition_limiter: Rate | None = None
    partition_queue: bool = False
    priority_enabled: bool = False
    polling_interval_sec: float = 1.0

    def __post_init__(self) -> None:
        for name in _WHOLE:
            value = getattr(self, name)
            if value is not None and (type(value) is not int or value < 1):
                raise DBOSQueueOptionsError(f"{name} of a queue must be at least 1, not {value!r}")
        for inner, outer in _INSIDE:
            small, large = getattr(self, inner), getattr(self, outer)
            if small is not None and large is not None and small > large:
                raise DBOSQueueOptionsError(
                    f"{inner} ({small}) of a queue must not exceed its {outer} ({large})"
                )
        if self.partition_queue and self._has_partition_limits():
            raise DBOSQueueOptionsError(
                "partition_queue=True makes every limit one per partition; give either it or"
                " limits whose names begin with partition_"
            )
        pause = self.polling_interval_sec
        if isinstance(pause, bool) or not isinstance(pause, int | float) or not pause > 0:
            raise DBOSQueueOptionsError(f"polling_interval_sec must be positive, not {pause!r}")

    def _has_partition_limits(self) -> bool:
        given = (
            self.partition_concurrency,
            self.partition_worker_concurrency,
            self.partition_limiter,
        )
        return any(value is not None for value in given)

    @property
    def is_partitioned(self) -> bool:
        """Whether what is enqueued needs a partition key."""
        return self.partition_queue or self._has_partition_limits()

    @property
    def overall(self) -> Scope:
        """What holds for the queue as a whole."""
        if self.partition_queue:
            return Scope()
        return Scope(self.concurrency, self.worker_concurrency, self.limiter)

    @property
    def each_partition(self) -> Scope:
        """What holds for each partition."""
        if self.partition_queue:
            return Scope(self.concurrency or 1, self.worker_concurrency, self.limiter)
        return Scope(
            self.partition_concurrency, self.partition_worker_concurrency, self.partition_limiter
        )


_WHOLE = (
    "concurrency",
    "worker_concurrency",
    "partition_concurrency",
    "partition_worker_concurrency",
)
_INSIDE = (
    ("worker_concurrency", "concurrency"),
    ("partition_worker_concurrency", "partition_concurrency"),
    ("partition_concurrency", "concurrency"),
    ("partition_worker_concurrency", "worker_concurrency"),
)
_RATES = ("limiter", "partition_limiter")


def rate(given: Mapping[str, Any] | Rate | None, name: str, queue: str) -> Rate | None:
    """The rate in ``{"limit": …, "period": seconds}``. Raises ``DBOSQueueOptionsError``."""
    if given is None or isinstance(given, Rate):
        return given
    try:
        limit, period = given["limit"], float(given["period"])
    except (KeyError, TypeError, ValueError):
        raise DBOSQueueOptionsError(
            f"The {name} of queue {queue!r} must be {{'limit': …, 'period': seconds}}"
        ) from None
    if type(limit) is not int or limit < 1:
        raise DBOSQueueOptionsError(f"limit of a queue must be at least 1, not {limit!r}")
    if not math.isfinite(period) or not 0 < period < 1e9:
        raise DBOSQueueOptionsError(f"The period of a limiter must be positive, not {period!r}")
    return Rate(limit, period)


def limits_of(queue: str, options: Mapping[str, Any]) -> Limits:
    """Limits from the keywords of a declaration; ``global_concurrency`` is ``concurrency``."""
    given = dict(options)
    overall = given.pop("global_concurrency", None)
    if overall is not None:
        if given.get("concurrency") is not None:
            raise DBOSQueueOptionsError(
                f"Queue {queue!r}: concurrency and global_concurrency are the same limit; give one"
            )
        given["concurrency"] = overall
    for name in _RATES:
        given[name] = rate(given.get(name), name, queue)
    return Limits(**given)


def options_of(limits: Limits) -> dict[str, Any]:
    """The keywords that make these limits again, as plain values for JSON."""
    options: dict[str, Any] = {
        name: getattr(limits, name)
        for name in (*_WHOLE, "partition_queue", "priority_enabled", "polling_interval_sec")
    }
    for name in _RATES:
        found: Rate | None = getattr(limits, name)
        options[name] = None if found is None else dict(found.as_mapping())
    return options
