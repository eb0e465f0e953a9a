"""Does a record fit a flow, as far as the names of its operations tell?

In: the flow of a workflow, and the recorded operations of one execution. Out: a `Fit`, with the
first place that does not. Never: a proof, since arguments and conditions are not compared; and no
false alarm, since every branch counts as possible and a task may be any task of the flow.

A position such as "3" is the third operation of the workflow's own line, "2:1" the first one of its
second task. Each line is walked by itself, in one pass over its positions with the set of nodes at
which the code may stand. A position that is missing was taken by an operation that had not ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbos_build.flow.graph import Flow, Node, successors
from dbos_build.inflight.reading import Operation

SHOWN = 4
SILENT = frozenset({"patch", "deprecate_patch"})
"""Operations that old code may not have recorded, and that pass when it did not."""
# A node, and how much of what it does in a row has been done already.
_State = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a record fits; `reason` says which operation does not, and what could stand there.

    `opaque` says that code which nobody can follow may have recorded a part of it.
    """

    ok: bool
    reason: str = ""
    opaque: bool = False


def fits(flow: Flow, record: Iterable[Operation]) -> Fit:
    """Return whether the code of a flow may have recorded these operations."""
    walker = _Walker(flow)
    lines: dict[str, dict[int, Operation]] = {"": {}}
    for each in record:
        line, _, place = each.position.rpartition(":")
        if place.isdecimal():  # "3t" is the time at which the third one stops to wait
            lines.setdefault(line, {})[int(place)] = each
    for line, done in sorted(lines.items()):
        starts = walker.tasks if line else [0]
        failure = walker.walk(starts, done, inside=bool(line))
        if failure:
            return Fit(False, failure)
    return Fit(True, opaque=walker.met_opaque)


class _Walker:
    """Walks one flow along recorded lines."""

    def __init__(self, flow: Flow) -> None:
        self.met_opaque = False
        self._nodes = flow.nodes
        self._leaving = successors(flow)
        self._started = {
            node.number: [
                edge.target
                for edge in self._leaving[node.number]
                if edge.label == "parallel" and flow.nodes[edge.target].is_started
            ]
            for node in flow.nodes
            if node.kind == "gather"
        }
        self._lanes = {number: self._inside(number) for number in self._started}
        self._joins = {
            number: sorted(each for each, depth in lane if depth < 0)
            for number, lane in self._lanes.items()
        }
        self._loose = {number for number in self._started if not self._is_strict(number)}
        self._back = {
            join: self._starts(number) for number in self._loose for join in self._joins[number]
        }
        self.tasks = sorted(
            {
                *(each for number in self._started for each in self._starts(number)),
                *(each for number in self._loose for each, _ in self._lanes[number]),
            }
        )

    def walk(self, starts: Sequence[int], done: Mapping[int, Operation], *, inside: bool) -> str:
        """Why a line does not fit, empty when it does; `inside` a task, a join is its end."""
        states = self._closed([(number, 0) for number in starts], inside)
        for place in range(1, max(done, default=0) + 1):
            operation = done.get(place)
            if any(self._nodes[number].kind == "opaque" for number, _ in states):
                self.met_opaque = True  # it may have recorded anything from here on
                return ""
            after = [
                following for state in states for following in self._taken(state, operation, inside)
            ]
            if not after:
                return self._refused(place, operation, states)
            states = self._closed(after, inside)
        return ""

    def _taken(self, state: _State, operation: Operation | None, inside: bool) -> Iterator[_State]:
        """Where the code may stand after a recorded operation; None is one that had not ended."""
        number, count = state
        node = self._nodes[number]
        started = self._started.get(number)
        if started is not None:
            if count < len(started) and _records(self._nodes[started[count]], 0, operation):
                yield (number, count + 1)
            return
        if not _records(node, count, operation):
            return
        if count + 1 < len(node.recorded):
            yield (number, count + 1)
        else:
            yield from ((edge.target, 0) for edge in self._leaving[number])
        if operation is not None and count == 0 and len(node.recorded) > 1:
            # what it began raised at once, so the rest was never asked for
            yield from (
                (edge.target, 0) for edge in self._leaving[number] if edge.label == "raised"
            )

    def _closed(self, states: Iterable[_State], inside: bool) -> set[_State]:
        """These states and all that lead on from them without recording anything."""
        found: set[_State] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                waiting.extend(self._silent(state, inside))
        return found

    def _silent(self, state: _State, inside: bool) -> Iterator[_State]:
        number, count = state
        node = self._nodes[number]
        if node.kind == "gather":
            if number in self._loose:
                yield from ((each, 0) for each in self._starts(number))
            if count == len(self._started[number]) or number in self._loose:
                for join in self._joins[number]:
                    yield from self._on(join)
        elif number in self._back:
            yield from ((each, 0) for each in self._back[number])
            yield from self._on(number)
        elif node.kind == "join" and inside:
            return  # a task ends where it meets the others
        elif node.kind in SILENT or not node.recorded:
            yield from self._on(number)

    def _on(self, number: int) -> Iterator[_State]:
        yield from ((edge.target, 0) for edge in self._leaving[number])

    def _starts(self, gather: int) -> list[int]:
        """Where the lanes of a gather begin."""
        return [edge.target for edge in self._leaving[gather] if edge.label == "parallel"]

    def _is_strict(self, gather: int) -> bool:
        """Whether it is known which line every lane records on: started steps on the line of the
        gather, code of other functions on lines of their own. Otherwise arguments may stand in a
        lane, which are worked out before there is any task."""
        return all(
            (
                self._nodes[each].is_started
                and {edge.target for edge in self._leaving[each]} <= {*self._joins[gather]}
            )
            or self._nodes[each].function != self._nodes[gather].function
            for each in self._starts(gather)
        )

    def _inside(self, gather: int) -> set[tuple[int, int]]:
        """The nodes of the lanes of a gather, with how deep; those at which they end at -1."""
        found: set[tuple[int, int]] = set()
        waiting = [(edge.target, 0) for edge in self._leaving[gather]]
        while waiting:
            number, depth = waiting.pop()
            kind = self._nodes[number].kind
            if kind == "join" and depth == 0:
                found.add((number, -1))
                continue
            if (number, depth) in found or depth > len(self._nodes):
                continue
            found.add((number, depth))
            deeper = depth + (kind == "gather") - (kind == "join")
            waiting.extend((edge.target, deeper) for edge in self._leaving[number])
        return found

    def _refused(self, place: int, operation: Operation | None, states: Iterable[_State]) -> str:
        recorded = "an operation that had not ended" if operation is None else repr(operation.name)
        position = str(place) if operation is None else operation.position
        could = sorted({name for state in states for name in self._could(state)})
        if not could:
            return f"operation {position} is recorded as {recorded}; this build would have ended"
        shown = " or ".join(map(repr, could[:SHOWN]))
        more = f" or {len(could) - SHOWN} others" if len(could) > SHOWN else ""
        return f"operation {position} is recorded as {recorded}; this build would do {shown}{more}"

    def _could(self, state: _State) -> Sequence[str]:
        number, count = state
        started = self._started.get(number)
        if started is not None:
            return self._nodes[started[count]].recorded[:1] if count < len(started) else ()
        return self._nodes[number].recorded[count : count + 1]


def _records(node: Node, count: int, operation: Operation | None) -> bool:
    """Whether a node may have recorded an operation as the next of those it records in a row."""
    if count >= len(node.recorded):
        return False
    return operation is None or node.recorded[count] == operation.name
