"""Accepting: can a flow have recorded these operations?

In: a flow, and the names that a workflow in flight has recorded, in order. Out: an `Acceptance`:
the names fit, or they differ from some place on, or an opaque call on the way leaves it open.
All ways through the flow are followed at once, so the cost grows with the length of the record, not
with the number of ways.
Never: proves that a record replays; conditions and arguments are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dbos_build.flow.graph import OPERATIONS, Edge, Flow, Node, successors

FITS, DIFFERS, UNKNOWN = "fits", "differs", "unknown"
WAIT = "DBOS.sleep"
"""Under this name waits record how long they wait, beside their own record."""
_WAITING = frozenset({"recv", "get_event"})
_OPTIONAL = frozenset({"patch", "deprecate_patch"})


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a flow can have recorded some names.

    `kind` is fits, differs or unknown. When it is not fits, `position` counts the names that did
    fit, and `expected` are those that could have come next, sorted; an empty one is the end.
    """

    kind: str
    position: int = 0
    expected: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether the names fit."""
        return self.kind == FITS


Place = tuple[int, int]
"""A node, and how many of its names have been recorded."""


def accepts(flow: Flow, recorded: Sequence[str]) -> Acceptance:
    """Return whether a run of this flow can have recorded these names so far.

    Operations of lanes that run side by side may stand anywhere behind their beginning.
    """
    reader = _Reader(flow)
    places = reader.closed([(0, 0)])
    for position, name in enumerate(recorded):
        following = reader.after(places, name)
        if not following:
            if any(flow.nodes[number].kind == "opaque" for number, _ in places):
                return Acceptance(UNKNOWN, position, reader.expected(places))
            return Acceptance(DIFFERS, position, reader.expected(places))
        places = following
    return Acceptance(FITS, len(recorded))


class _Reader:
    """A flow, and the names of lanes that may have begun."""

    def __init__(self, flow: Flow) -> None:
        self.nodes = flow.nodes
        self.leaving = successors(flow)
        self.begun: set[str] = set()

    def closed(self, places: Iterable[Place]) -> frozenset[Place]:
        """Places with all that can be reached from them without recording anything."""
        found: set[Place] = set()
        pending = list(places)
        while pending:
            place = pending.pop()
            if place in found:
                continue
            found.add(place)
            number, done = place
            node = self.nodes[number]
            if node.kind == "gather":
                pending.extend((each, 0) for each in self._behind_lanes(number))
            elif (not done and self._may_pass(node)) or (done and done == len(node.recorded)):
                pending.extend((edge.target, 0) for edge in self.leaving[number])
        return frozenset(found)

    def _may_pass(self, node: Node) -> bool:
        """Whether a node can be left without a record."""
        if node.kind in _OPTIONAL or node.is_started:
            return True
        return node.kind not in OPERATIONS and node.kind != "opaque"

    def _behind_lanes(self, number: int) -> list[int]:
        """Where the lanes of a gather lead; what they record may come at any time from now on."""
        ends: list[int] = []
        seen: set[int] = set()
        pending: list[Edge] = list(self.leaving[number])
        depths = {edge.target: 1 for edge in pending}
        while pending:
            each = pending.pop().target
            if each in seen:
                continue
            seen.add(each)
            node, depth = self.nodes[each], depths[each]
            self.begun.update(node.recorded)
            if node.kind in _WAITING:
                self.begun.add(WAIT)
            if node.kind == "join" and node.text:
                depth -= 1
            elif node.kind == "gather":
                depth += 1
            if not depth:
                ends.append(each)
                continue
            for edge in self.leaving[each]:
                depths.setdefault(edge.target, depth)
                pending.append(edge)
        return ends

    def after(self, places: frozenset[Place], name: str) -> frozenset[Place]:
        """The places behind one more recorded name."""
        following: list[Place] = list(places) if name in self.begun else []
        for number, done in places:
            node = self.nodes[number]
            if node.kind not in OPERATIONS:
                continue
            names = node.recorded
            if name == WAIT and node.kind in _WAITING:
                following.append((number, done))
            if done < len(names) and names[done] == name:
                following.append((number, done + 1))
            if not names:
                following.extend((edge.target, 0) for edge in self.leaving[number])
        return self.closed(following)

    def expected(self, places: frozenset[Place]) -> tuple[str, ...]:
        """The names that could come next."""
        found: set[str] = set()
        for number, done in places:
            node = self.nodes[number]
            if node.kind in OPERATIONS and done < len(node.recorded):
                found.add(node.recorded[done])
            elif node.kind not in OPERATIONS and not self.leaving[number]:
                found.add("")
        return tuple(sorted(found))
