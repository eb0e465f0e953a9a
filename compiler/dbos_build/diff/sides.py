"""One side of a comparison: a flow with what a joint run asks of it again and again.

In: a flow. Out: a `Side`: edges by node, merges by node, and what can still happen from a node on.
Never: knows the other side.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.diff.decisions import NO, answer_of
from dbos_build.diff.meanings import Leaf
from dbos_build.flow.graph import MERGE, OPERATIONS, RAISED, RESULT, Edge, Flow, successors
from dbos_build.versions.cycles import components

_DECIDING = frozenset({"branch", "loop", "except"})
_PATCHES = frozenset({"patch", "deprecate_patch"})


class Side:
    """The old or the new flow of a comparison."""

    def __init__(self, flow: Flow, number: int) -> None:
        self.flow = flow
        self.number = number
        self.nodes = flow.nodes
        self.leaving = [list(edges) for edges in successors(flow)]
        self.position: dict[Edge, int] = {}
        """Which entry of its target an edge is."""
        counts = [0] * len(flow.nodes)
        for edge in flow.edges:
            self.position.setdefault(edge, counts[edge.target])
            counts[edge.target] += 1
        self.passed: set[int] = set()
        """Gathers and joins of steps only: these take their places when they are called."""
        self.merges: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        self.outcomes: dict[tuple[str, int], int] = {}
        for place, value in enumerate(flow.values):
            if value.head == MERGE:
                self.merges.setdefault(value.place, []).append((place, value.parts))
            elif value.place >= 0:
                self.outcomes[value.head, value.place] = place
        for node in flow.nodes:
            if node.kind == "gather" and not node.name:
                self._line_up(node.number)
        self.order = self._find_order()
        """For each node its place when what comes before always has a lower one, loops aside."""
        self._over = self._find_over()
        self._patches = {node.name for node in flow.nodes if node.kind in _PATCHES}

    def _line_up(self, gather: int) -> None:
        """Put the lanes of a gather one behind the other, in the order of their calls."""
        lanes = self.leaving[gather]
        ends = [self._lane_end(edge) for edge in lanes]
        joins = {join for join, _ in ends}
        if len(joins) != 1 or None in joins:
            return
        (join,) = joins
        if join is None or join in self.merges:
            return
        for (_, sources), follower in zip(ends, lanes[1:], strict=False):
            for source in sources:
                self.leaving[source] = [
                    self._redirected(edge, follower) if edge.target == join else edge
                    for edge in self.leaving[source]
                ]
        del lanes[1:]
        self.passed |= {gather, join}

    def _redirected(self, edge: Edge, follower: Edge) -> Edge:
        moved = Edge(edge.source, follower.target, edge.label)
        self.position[moved] = self.position[follower]
        return moved

    def _lane_end(self, lane: Edge) -> tuple[int | None, list[int]]:
        """The join to which a lane leads, and the nodes from which it does; None when unclear."""
        seen: set[int] = set()
        sources: dict[int, list[int]] = {}
        pending = [lane]
        while pending:
            edge = pending.pop()
            node = self.nodes[edge.target]
            if node.kind == "join" and node.text:
                sources.setdefault(edge.target, []).append(edge.source)
            elif node.kind == "gather":
                return None, []
            elif edge.target not in seen and edge.label != RAISED:
                seen.add(edge.target)
                pending.extend(self.leaving[edge.target])
        if len(sources) != 1:
            return None, []
        ((join, found),) = sources.items()
        return join, found

    def shown(self, number: int) -> str:
        """What people call the operation of a node."""
        node = self.nodes[number]
        return f"{node.kind} {node.name}".strip()

    def is_inner(self, number: int) -> bool:
        """Whether a node asks for nothing and something follows it."""
        node = self.nodes[number]
        if number in self.passed:
            return True
        if node.kind in OPERATIONS or node.kind in ("opaque", "gather"):
            return False
        return not self.is_meeting(number) and bool(self.leaving[number])

    def passes(self, number: int) -> bool:
        """Whether the way on from a node is always the same, and nothing is asked for there."""
        return self.is_inner(number) and not self.decides(number)

    def is_meeting(self, number: int) -> bool:
        """Whether lanes that run side by side meet at a node."""
        node = self.nodes[number]
        return node.kind == "join" and bool(node.text) and number not in self.passed

    def runs_lanes(self, number: int) -> bool:
        """Whether a node begins lanes that run side by side."""
        return self.nodes[number].kind == "gather" and number not in self.passed

    def is_terminal(self, number: int) -> bool:
        """Whether the workflow ends at a node without asking for anything."""
        node = self.nodes[number]
        is_asking = node.kind in OPERATIONS or node.kind in ("opaque", "gather")
        return not is_asking and not self.leaving[number]

    def decides(self, number: int) -> bool:
        """Whether the way on from a node depends on a condition."""
        node = self.nodes[number]
        return node.kind in _DECIDING and node.value >= 0

    def is_over(self, number: int) -> bool:
        """Whether nothing is asked for from a node on."""
        return self._over[number]

    def _find_order(self) -> list[int]:
        """Places of nodes; what follows a loop comes behind all of its body."""
        groups = components(
            {node.number: [e.target for e in self.leaving[node.number]] for node in self.nodes}
        )
        group = {number: place for place, members in enumerate(groups) for number in members}

        def ways(number: int) -> Iterator[Edge]:
            stays = [group[edge.target] == group[number] for edge in self.leaving[number]]
            ranked = zip(self.leaving[number], stays, strict=True)
            ordered = sorted(ranked, key=lambda pair: (pair[1], answer_of(pair[0].label) != NO))
            return iter([edge for edge, _ in ordered])

        finished: list[int] = []
        seen = {0}
        pending = [(0, ways(0))]
        while pending:
            number, edges = pending[-1]
            edge = next(edges, None)
            if edge is None:
                finished.append(number)
                pending.pop()
            elif edge.target not in seen:
                seen.add(edge.target)
                pending.append((edge.target, ways(edge.target)))
        order = [len(self.nodes)] * len(self.nodes)
        for place, number in enumerate(reversed(finished)):
            order[number] = place
        return order

    def _find_over(self) -> list[bool]:
        entering: list[list[int]] = [[] for _ in self.nodes]
        for edge in self.flow.edges:
            entering[edge.target].append(edge.source)
        over = [True] * len(self.nodes)
        pending = [
            node.number for node in self.nodes if node.kind in OPERATIONS or node.kind == "opaque"
        ]
        while pending:
            number = pending.pop()
            if over[number]:
                over[number] = False
                pending.extend(entering[number])
        return over

    def has_patch(self, name: str) -> bool:
        """Whether some patch of this name, or of a name that is not known, is asked for."""
        return name in self._patches or "" in self._patches

    def edges_for(self, number: int, answer: str) -> list[Edge]:
        """The edges that leave a node with an answer."""
        return [edge for edge in self.leaving[number] if answer_of(edge.label) == answer]

    def outcome(self, number: int, result: int, raised: int | None) -> dict[Leaf, int]:
        """What the outcome of an operation stands for."""
        found: dict[Leaf, int] = {}
        for head, meaning in ((RESULT, result), (RAISED, raised)):
            leaf = self.outcomes.get((head, number))
            if leaf is not None and meaning is not None:
                found[self.number, leaf] = meaning
        return found

    def has_gap(self, number: int) -> bool:
        """Whether a later operation may be recorded while the next one from a node on is not."""
        seen: set[int] = set()
        pending = [number]
        while pending:
            each = pending.pop()
            if each in seen:
                continue
            seen.add(each)
            if self.nodes[each].kind in OPERATIONS:
                if self.nodes[each].is_started:
                    return True
            else:
                pending.extend(edge.target for edge in self.leaving[each])
        return False
