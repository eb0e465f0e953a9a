"""Comparing two flows: can what was recorded under the old one go on under the new one?

In: the flows of one workflow in two builds. Out: a `Verdict`. Both flows are run together on all
inputs at once: wherever a run of the old code may have recorded an operation, the new code has to
ask for the same one, with equal arguments, under the same conditions. Where the record ends, the
new code may do what it likes.
Never: calls a change safe because the names of the operations are the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from dbos_build.diff.simulation import Mismatch, Simulation, State
from dbos_build.flow.graph import Flow


@dataclass(frozen=True, slots=True)
class Point:
    """An operation on the way to a difference, with the number of its node in each flow, if any."""

    operation: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change does to the workflows that began under the old code.

    `kind` is `equivalent` (nothing that reaches an operation, a condition or the result differs),
    `forward-safe` (every record of the old code replays in the new one), `breaking` or `unknown`.
    `trace` leads through operations that both ask for to the first difference.
    """

    kind: str
    reason: str
    trace: tuple[Point, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Whether every workflow in flight can go on."""
        return self.kind in ("equivalent", "forward-safe")


def compare(old: Flow, new: Flow, *, every_branch: bool = False) -> Verdict:
    """Return what going from one flow to another does to workflows that began under the old one.

    With `every_branch` also to those that began before the old one's patches, so that verdicts
    chain: what is safe from A to B and from B to C is then safe from A to C.
    """
    simulation = Simulation(old, new, every_branch=every_branch)
    simulation.run()
    if simulation.mismatches:
        mismatch = min(
            simulation.mismatches,
            key=lambda each: (each.is_unknown, len(_trace(simulation, each.state)), each.state),
        )
        kind = "unknown" if mismatch.is_unknown else "breaking"
        return Verdict(kind, mismatch.reason, _pointed(simulation, mismatch))
    if simulation.is_exact:
        return Verdict("equivalent", "nothing that an operation or the result depends on differs")
    return Verdict("forward-safe", "what the old code recorded replays in the new code")


def _trace(simulation: Simulation, state: State) -> list[Point]:
    """The fewest operations that both flows ask for on a way to a state."""
    reached: dict[State, list[Point]] = {state: []}
    pending: deque[State] = deque([state])
    while pending:
        here = pending.popleft()
        points = reached[here]
        if here == (0, 0):
            return points
        for before, is_operation in simulation.ways.get(here, {}).items():
            if before in reached:
                continue
            if is_operation:
                old, new = before
                reached[before] = [Point(simulation.shown(old, new), old, new), *points]
                pending.append(before)
            else:
                reached[before] = points
                pending.appendleft(before)
    return []


def _pointed(simulation: Simulation, mismatch: Mismatch) -> tuple[Point, ...]:
    """The way to a difference, and the difference itself."""
    last = Point(mismatch.operation, mismatch.old, mismatch.new)
    return (*_trace(simulation, mismatch.state), last)
