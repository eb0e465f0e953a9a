"""What each figure of `runtime.py` has to reach: a ratio to the other runtime, or a bound.

In: nothing. Out: `GOALS`, figure → `Goal` of each kind of database. Figures without a goal are
measured all the same. A goal speaks of one alternating run on one machine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """So many times better than the best other one, at most so much, or a share of the floor."""

    ratio: float | None = None
    at_most: float | None = None
    share: float | None = None

    def missed(self, ours: float, ratio: float | None, share: float | None) -> list[str]:
        """What falls short, in words; what was not measured does not."""
        found: list[str] = []
        if self.ratio is not None and ratio is not None and ratio < self.ratio:
            found.append(f"goal {self.ratio:g}×")
        if self.at_most is not None and ours > self.at_most:
            found.append(f"goal ≤ {self.at_most:g}")
        if self.share is not None and share is not None and share < self.share:
            found.append(f"goal {self.share:.0%} of the floor")
        return found


def _both(
    sqlite: Goal | float | None = None, postgres: Goal | float | None = None
) -> dict[str, Goal]:
    """One goal for each kind of database; a number is a ratio, one goal alone is for both."""
    second = sqlite if postgres is None else postgres
    pairs = {"sqlite": sqlite, "postgres": second}
    return {
        kind: Goal(ratio=one) if isinstance(one, int | float) else one
        for kind, one in pairs.items()
        if one is not None
    }


def _at_most(sqlite: float, postgres: float | None = None) -> dict[str, Goal]:
    return _both(Goal(at_most=sqlite), None if postgres is None else Goal(at_most=postgres))


GOALS: dict[str, dict[str, Goal]] = {
    "calls: sequential /s": _both(4, 3),
    "calls: started, to completion /s": _both(8, 5),
    "steps: sequential /s": _both(Goal(ratio=5, share=0.7)),
    "steps: 50 workflows × 20 /s": _both(8),
    "steps: results of 1 MB /s": _both(2),
    "async_steps: sequential /s": _both(5),
    "async_steps: 100 workflows × 20 /s": _both(15, 12),
    "transactions: sequential /s": _both(5, 6),
    "queue_drain: enqueue /s": _both(5, 4),
    "queue_drain: drain /s": _both(12, 5),
    "queue_limits: worker_concurrency=5 /s": _both(100),
    "queue_limits: worker_concurrency=10 /s": _both(100),
    "queue_limits: concurrency=1 /s": _both(200),
    "latency: idle enqueue to start ms": _at_most(10),
    "latency: idle enqueue to result ms": _at_most(15),
    "latency: to the start in another process ms": _at_most(60, 15),
    "latency: end of a step there to result here ms": _at_most(60, 15),
    "communication: message there and back ms": _at_most(10, 6),
    "communication: message there, event back ms": _at_most(10, 6),
    "recovery: 500 workflows of 5 recorded steps s": _both(10),
    "recovery: one workflow of 10,000 recorded steps s": _both(20),
    "listing: newest 100 ms": _at_most(3),
    "listing: 100 by time from the middle ms": _at_most(3),
    "listing: 10 pending ms": _at_most(3),
    "lifecycle: import ms": _both(2),
    "lifecycle: launch on a new database ms": _both(2),
    "lifecycle: launch on a used database ms": _both(2),
    "lifecycle: destroy ms": _at_most(50),
    "waiting: memory of one that sleeps kB": _at_most(20),
    "waiting: threads while all sleep count": _at_most(20),
    "idle: CPU %": _at_most(0.2),
    "idle: transactions per second count": _at_most(1),
    "idle: connections count": _at_most(3),
}
