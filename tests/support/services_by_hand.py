"""Background services without threads: a test performs their rounds, in the order of a clock.

In: a launch inside ``services_by_hand``. Out: rounds on demand, and hours that pass in a moment. It
never lets a service run by itself, so what a test counts is all that the process asks.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from dbos.kernel import seam
from dbos.services.foreign import ForeignCommits
from dbos.services.service import Service
from dbos.testing import CountingSeam

# A rest of a wait may be less than the clock can tell: without this, no time would pass.
SHORTEST_WAIT_SECONDS = 0.001


class _Clock(CountingSeam):
    """Counts, and shows the time that the services are at."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self.began = self.moment = began

    def monotonic(self) -> float:
        return self.moment

    def now_ms(self) -> int:
        return super().now_ms() + int((self.moment - self.began) * 1000)


@dataclass
class ServicesByHand:
    """The services of the launched application, by name."""

    rounds: dict[str, Callable[[], float | None]] = field(default_factory=dict)

    def perform(self, name: str) -> None:
        """One round of one service."""
        self.rounds[name]()

    def settle(self) -> None:
        """One round of each, also of those that another one starts."""
        done: set[str] = set()
        while todo := self.rounds.keys() - done:
            for name in sorted(todo):
                self.perform(name)
            done |= todo

    def let_pass(self, seconds: float) -> CountingSeam:
        """Let so much time pass for all services; what they asked and committed meanwhile."""
        former = seam.current
        clock = _Clock(seam.monotonic())
        order = itertools.count()
        due = [(clock.moment, next(order), name) for name in sorted(self.rounds)]
        heapq.heapify(due)
        seam.current = clock
        try:
            while due and due[0][0] <= clock.began + seconds:
                clock.moment, _, name = heapq.heappop(due)
                wait = self.rounds[name]()
                if wait is not None:
                    later = clock.moment + max(wait, SHORTEST_WAIT_SECONDS)
                    heapq.heappush(due, (later, next(order), name))
        finally:
            seam.current = former
        return clock


@contextlib.contextmanager
def services_by_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServicesByHand]:
    """What is launched in this block has services that run only when they are told to."""
    services = ServicesByHand()

    def take(service: Service) -> None:
        services.rounds[service.name] = service._work
        # As its thread would: others ask what is waited for.
        service._wakes.subscribe(*service._keys)

    with monkeypatch.context() as patch:
        patch.setattr(Service, "start", take)
        # Its first look wakes everybody, whenever that comes; here are no other processes.
        patch.setattr(ForeignCommits, "start", lambda watcher: None)
        yield services
