"""The simulation of an old flow by a new one, on all inputs at once.

In: two flows. Out: every difference that a recorded run of the old code can meet in the new one.
A state is a pair of nodes: where the old code stands and where the new one does. What is known in a
state holds on every way to it; ways that meet keep what they agree on, and two values that differ
by the way but always in the same manner stay equal. States are visited until nothing changes.
Never: assumes an answer of a condition that does not follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from dbos_build.diff.decisions import answer_of, decided, learned
from dbos_build.diff.meanings import NEW, OLD, Leaf, Meanings
from dbos_build.diff.sides import Side
from dbos_build.flow.graph import Edge, Flow, Node

State = tuple[int, int]
VISITS_MAX = 20_000
"""How many visits are made before two flows count as too large to compare."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference: in which state, why, and which operation is asked for by whom."""

    state: State
    reason: str
    operation: str
    old: int | None = None
    new: int | None = None
    is_unknown: bool = False


@dataclass(slots=True, eq=False)
class Knowledge:
    """What holds in a state: the meaning of each value that was made, and answers of conditions."""

    held: Mapping[Leaf, int]
    facts: Mapping[int, str]
    done: dict[Leaf, int] = field(default_factory=dict)


Origin = tuple[State, int, int]
"""From which state another one is entered, and through which edges (-1 for a side that waits)."""


class Simulation:
    """A joint run of two flows."""

    def __init__(self, old: Flow, new: Flow, *, every_branch: bool) -> None:
        self.sides = (Side(old, OLD), Side(new, NEW))
        self.meanings = Meanings((old, new))
        self.every_branch = every_branch
        self.inexact: set[State] = set()
        self.found: dict[State, Mismatch] = {}
        self.ways: dict[State, dict[State, bool]] = {}
        """Each state, the states before it, and whether both flows ask for something between."""
        self.arrivals: dict[State, dict[Origin, Knowledge]] = {}
        self.known: dict[State, Knowledge] = {}
        self.waiting: list[tuple[int, State]] = []

    @property
    def is_exact(self) -> bool:
        """Whether both flows ask for the same to the end, and end alike."""
        return not self.inexact

    @property
    def mismatches(self) -> list[Mismatch]:
        """Every difference found, by state."""
        return [self.found[state] for state in sorted(self.found)]

    def shown(self, old: int, new: int) -> str:
        """What people call the operation that both flows ask for."""
        return self.sides[OLD].shown(old) or self.sides[NEW].shown(new)

    def run(self) -> None:
        """Visit states until nothing changes any more."""
        start: State = (0, 0)
        self.arrivals[start] = {(start, -1, -1): Knowledge({}, {})}
        self._wait(start)
        visits = 0
        while self.waiting:
            _, state = heappop(self.waiting)
            if not self._knows_less(state):
                continue
            visits += 1
            if visits > VISITS_MAX:
                self._unknown(start, "the flows are too large to compare")
                return
            self.found.pop(state, None)
            self.inexact.discard(state)
            self._visit(state)

    def _wait(self, state: State) -> None:
        """Visit a state when everything before it has been visited.

        In any other order a state would see some of its ways as they were, some as they are, and
        take for different what is only not up to date.
        """
        place = self.sides[OLD].order[state[0]] + self.sides[NEW].order[state[1]]
        entry = (place, state)
        if entry not in self.waiting:
            heappush(self.waiting, entry)

    # How one state leads to others.

    def _visit(self, state: State) -> None:
        old, new = self.sides[OLD].nodes[state[0]], self.sides[NEW].nodes[state[1]]
        if old.kind == "opaque" or (new.kind == "opaque" and not self.sides[OLD].is_over(state[0])):
            shown = old.text if old.kind == "opaque" else new.text
            self._unknown(state, f"nobody can follow {shown!r}, which may ask for operations")
            return
        if self._together(state, old, new):
            return
        if self._new_alone(state, new):
            return
        if self.sides[OLD].is_inner(state[0]):
            self._step(state, OLD)
        elif self.sides[OLD].is_terminal(state[0]):
            self._at_end(state, old, new)
        elif self.sides[NEW].is_inner(state[1]):
            self._step(state, NEW)
        else:
            self._both_ask(state, old, new)

    def _together(self, state: State, old: Node, new: Node) -> bool:
        """Take the same decision in both flows, or pass a place where lanes meet in both."""
        if self._meets(state):
            self._both_pass(state)
            return True
        if not (self.sides[OLD].decides(state[0]) and self.sides[NEW].decides(state[1])):
            return False
        condition = self._meaning(state, OLD, old.value)
        if condition != self._meaning(state, NEW, new.value):
            return False
        facts = self.known[state].facts
        answer = decided(self.meanings, facts, condition)
        for edge in self.sides[OLD].leaving[state[0]]:
            given = answer_of(edge.label)
            if answer is not None and given != answer:
                continue
            more = learned(self.meanings, facts, condition, given)
            others = self.sides[NEW].edges_for(state[1], given)
            for other in others:
                self._move(state, edge, other, more)
            if not others:
                self._lost(state, edge.target)
        return True

    def _lost(self, state: State, target: int) -> None:
        """The new code has no way for something that happened under the old one."""
        self.inexact.add(state)
        if not self.sides[OLD].is_over(target):
            follower = self.sides[OLD].nodes[target]
            self._break(state, "the new code ends where the old one went on", follower, None)

    def _new_alone(self, state: State, new: Node) -> bool:
        """Move the new flow where it needs no counterpart: meetings, known answers, new patches."""
        side = self.sides[NEW]
        if self.sides[OLD].is_terminal(state[0]):
            return False
        if side.passes(state[1]):
            if self.sides[OLD].passes(state[0]):
                # Neither runs ahead: what ways into a place agree on is seen when both get there.
                self._both_pass(state)
            else:
                self._step(state, NEW)
            return True
        if side.decides(state[1]) and self._answer(state, NEW) is not None:
            self._step(state, NEW)
            return True
        if new.kind == "patch" and not self.sides[OLD].has_patch(new.name):
            return self._patched(state, new)
        if new.kind == "deprecate_patch" and not self.sides[OLD].has_patch(new.name):
            self._pass(state, NEW, is_true=True)
            return True
        return False

    def _both_pass(self, state: State) -> None:
        """Move both flows to where their ways lead on."""
        for edge in self.sides[OLD].leaving[state[0]]:
            for other in self.sides[NEW].leaving[state[1]]:
                self._move(state, edge, other, self.known[state].facts)

    def _patched(self, state: State, new: Node) -> bool:
        """A patch that the old code has not: no while records are ahead, unless there is a gap."""
        if self.sides[OLD].has_gap(state[0]):
            self._unknown(
                state,
                f"the patch {new.name!r} stands before operations that run side by side; when a "
                "later one of them ended first, the patch is taken although records follow",
                new,
            )
        self._pass(state, NEW, is_true=False)
        return True

    def _both_ask(self, state: State, old: Node, new: Node) -> None:
        """Both flows stand at an operation, at a gather, or at its end."""
        if old.kind in ("patch", "deprecate_patch"):
            self._old_patch(state, old, new)
        elif new.kind == "patch":
            self._patched(state, new)
        elif new.kind == "deprecate_patch":
            self._pass(state, NEW, is_true=True)
        elif self.sides[OLD].runs_lanes(state[0]) or self.sides[NEW].runs_lanes(state[1]):
            self._lanes(state, old, new)
        else:
            self._same(state, old, new)

    def _old_patch(self, state: State, old: Node, new: Node) -> None:
        """The old code asks for a patch: its run has the marker, or it began before the patch."""
        is_fresh = old.kind == "patch"
        if not is_fresh and new.kind == old.kind and new.name == old.name:
            self._pair(state, self.meanings.truth(True))
            return
        if not is_fresh or self.every_branch:
            self._pass(state, OLD, is_true=not is_fresh)
        if not is_fresh and not self.every_branch:
            return
        is_same = new.kind in ("patch", "deprecate_patch") and new.name == old.name
        if is_same and old.name:
            self._pair(state, self.meanings.truth(True))
        elif new.kind == "patch":
            self._patched(state, new)
        elif new.kind == "deprecate_patch":
            self._pass(state, NEW, is_true=True)
        else:
            self._break(state, f"the marker of patch {old.name!r} is recorded here", old, new)

    def _lanes(self, state: State, old: Node, new: Node) -> None:
        """Run the lanes of two gathers side by side, pair by pair."""
        mine, other = self.sides[OLD].leaving[state[0]], self.sides[NEW].leaving[state[1]]
        if not (self.sides[OLD].runs_lanes(state[0]) and self.sides[NEW].runs_lanes(state[1])):
            self._break(state, "operations run side by side in only one of the builds", old, new)
        elif len(mine) != len(other):
            self._break(state, "another number of operations runs side by side", old, new)
        else:
            for edge, match in zip(mine, other, strict=True):
                self._move(state, edge, match, self.known[state].facts)

    def _same(self, state: State, old: Node, new: Node) -> None:
        """Both ask for an operation: it has to be the same one."""
        if new.kind == "join" or old.kind == "join" or self.sides[NEW].is_terminal(state[1]):
            self._uneven(state, old, new)
            return
        if old.recorded != new.recorded or old.name != new.name:
            self._break(
                state,
                f"{_shown(old)} is recorded where the new code asks for {_shown(new)}",
                old,
                new,
            )
            return
        if self._meaning(state, OLD, old.value) != self._meaning(state, NEW, new.value):
            self._break(state, f"{_shown(old)} is given something else", old, new)
            return
        self._pair(state, self.meanings.symbol("result", *state))

    def _uneven(self, state: State, old: Node, new: Node) -> None:
        if old.kind == "join":
            reason = f"the new code asks for {_shown(new)}, which the old one did not"
        elif new.kind == "join":
            reason = f"{_shown(old)} is no longer asked for side by side with others"
        else:
            reason = f"the new code ends where {_shown(old)} is recorded"
        self._break(state, reason, old, new)

    def _pair(self, state: State, result: int) -> None:
        """Go on behind an operation that both flows ask for."""
        knowledge = self._forgetful(state)
        fresh = {
            **knowledge.held,
            **self.sides[OLD].outcome(state[0], result, self.meanings.symbol("raised", *state)),
            **self.sides[NEW].outcome(state[1], result, self.meanings.symbol("raised", *state)),
        }
        for edge in self.sides[OLD].leaving[state[0]]:
            others = self.sides[NEW].edges_for(state[1], answer_of(edge.label))
            for other in others:
                self._move(state, edge, other, knowledge.facts, fresh, is_operation=True)
            if not others:
                self._lost(state, edge.target)
        mine = {edge.label for edge in self.sides[OLD].leaving[state[0]]}
        if any(edge.label not in mine for edge in self.sides[NEW].leaving[state[1]]):
            self.inexact.add(state)

    def _forgetful(self, state: State) -> Knowledge:
        """What is still known when the operations of a state happen once more."""
        known = self.known[state]
        gone = {self.meanings.symbol("result", *state), self.meanings.symbol("raised", *state)}
        symbols = self.meanings.symbols
        held = {leaf: each for leaf, each in known.held.items() if not symbols[each] & gone}
        facts = {each: given for each, given in known.facts.items() if not symbols[each] & gone}
        return Knowledge(held, facts)

    def _pass(self, state: State, side: int, *, is_true: bool) -> None:
        """Let one flow pass a patch that has no record."""
        self.inexact.add(state)
        known = self.known[state]
        outcome = self.sides[side].outcome(state[side], self.meanings.truth(is_true), None)
        for edge in self.sides[side].leaving[state[side]]:
            self._go(state, side, edge, known.facts, {**known.held, **outcome})

    def _step(self, state: State, side: int) -> None:
        """Let one flow take a decision, or pass a meeting of ways."""
        known = self.known[state]
        node = self.sides[side].nodes[state[side]]
        edges = self.sides[side].leaving[state[side]]
        if not self.sides[side].decides(state[side]):
            for edge in edges:
                self._go(state, side, edge, known.facts, known.held)
            return
        condition = self._meaning(state, side, node.value)
        answer = decided(self.meanings, known.facts, condition)
        for edge in edges:
            given = answer_of(edge.label)
            if answer is None or given == answer:
                facts = learned(self.meanings, known.facts, condition, given)
                self._go(state, side, edge, facts, known.held)

    def _at_end(self, state: State, old: Node, new: Node) -> None:
        """Nothing more is recorded; only whether both end alike is left to see."""
        if self.sides[NEW].is_inner(state[1]):
            self._step(state, NEW)
            return
        ends_alike = self.sides[NEW].is_terminal(state[1]) and old.kind == new.kind
        if not ends_alike or (
            self._meaning(state, OLD, old.value) != self._meaning(state, NEW, new.value)
        ):
            self.inexact.add(state)

    # What is known on the way.

    def _answer(self, state: State, side: int) -> str | None:
        """The answer of the decision at which a flow stands, if it follows from what is known."""
        condition = self._meaning(state, side, self.sides[side].nodes[state[side]].value)
        return decided(self.meanings, self.known[state].facts, condition)

    def _meaning(self, state: State, side: int, value: int) -> int:
        if value < 0:
            return self.meanings.make("nothing")
        known = self.known[state]
        return self.meanings.of(side, value, known.held, known.done)

    def _go(
        self,
        state: State,
        side: int,
        edge: Edge,
        facts: Mapping[int, str],
        held: Mapping[Leaf, int],
    ) -> None:
        """Move one flow along an edge."""
        entered = self._entered(side, edge, held)
        target = (edge.target, state[1]) if side == OLD else (state[0], edge.target)
        number = self.sides[side].position[edge]
        origin = (state, number, -1) if side == OLD else (state, -1, number)
        self._arrive(target, origin, Knowledge(entered, facts), is_operation=False)

    def _move(
        self,
        state: State,
        edge: Edge,
        other: Edge,
        facts: Mapping[int, str],
        held: Mapping[Leaf, int] | None = None,
        *,
        is_operation: bool = False,
    ) -> None:
        """Move both flows."""
        given = self.known[state].held if held is None else held
        entered = self._entered(NEW, other, self._entered(OLD, edge, given), given)
        origin = (state, self.sides[OLD].position[edge], self.sides[NEW].position[other])
        arrival = Knowledge(entered, facts)
        self._arrive((edge.target, other.target), origin, arrival, is_operation=is_operation)

    def _entered(
        self,
        side: int,
        edge: Edge,
        held: Mapping[Leaf, int],
        read: Mapping[Leaf, int] | None = None,
    ) -> Mapping[Leaf, int]:
        """What holds behind an edge: the merges of its target take their parts."""
        merges = self.sides[side].merges.get(edge.target)
        if not merges:
            return held
        place = self.sides[side].position[edge]
        source = held if read is None else read
        done: dict[Leaf, int] = {}
        found = dict(held)
        for number, parts in merges:
            found[side, number] = self.meanings.of(side, parts[place], source, done)
        return found

    def _arrive(
        self, target: State, origin: Origin, arrival: Knowledge, *, is_operation: bool
    ) -> None:
        """Note a way into a state."""
        self.ways.setdefault(target, {})[origin[0]] = is_operation
        arrivals = self.arrivals.setdefault(target, {})
        known = arrivals.get(origin)
        if known is None or known.held != arrival.held or known.facts != arrival.facts:
            arrivals[origin] = arrival
            self._wait(target)

    def _knows_less(self, state: State) -> bool:
        """Bring what is known in a state up to date; whether that changed anything."""
        merged = self._agreed(state, list(self.arrivals[state].values()))
        known = self.known.get(state)
        if known is not None and known.held == merged.held and known.facts == merged.facts:
            return False
        self.known[state] = merged
        return True

    def _meets(self, state: State) -> bool:
        """Whether lanes of both flows meet in a state."""
        return self.sides[OLD].is_meeting(state[0]) and self.sides[NEW].is_meeting(state[1])

    def _agreed(self, state: State, ways: list[Knowledge]) -> Knowledge:
        """What ways that meet agree on."""
        if len(ways) == 1:
            return ways[0]
        facts = {
            meaning: answer
            for meaning, answer in ways[0].facts.items()
            if all(way.facts.get(meaning) == answer for way in ways[1:])
        }
        held: dict[Leaf, int] = {}
        classes: dict[tuple[int | None, ...], int] = {}
        for leaf in self._leaves(state, ways):
            vector = tuple(way.held.get(leaf) for way in ways)
            alike = set(vector) - {None}
            if len(alike) == 1:
                held[leaf] = next(each for each in vector if each is not None)
            else:
                if vector not in classes:
                    classes[vector] = self.meanings.symbol("merge", state, leaf)
                held[leaf] = classes[vector]
        fresh = frozenset(classes.values())
        symbols = self.meanings.symbols
        facts = {each: given for each, given in facts.items() if not symbols[each] & fresh}
        return Knowledge(held, facts)

    def _leaves(self, state: State, ways: list[Knowledge]) -> Iterator[Leaf]:
        """The values known on all ways; where lanes meet, those known on any of them."""
        meets = self._meets(state)
        every = sorted({leaf for way in ways for leaf in way.held})
        for leaf in every:
            if meets or all(leaf in way.held for way in ways):
                yield leaf

    # What is found.

    def _break(self, state: State, reason: str, old: Node | None, new: Node | None) -> None:
        shown = _shown(old) if old is not None and old.recorded else ""
        shown = shown or (_shown(new) if new is not None else "")
        self.found[state] = Mismatch(
            state=state,
            reason=reason,
            operation=shown,
            old=None if old is None else old.number,
            new=None if new is None else new.number,
        )

    def _unknown(self, state: State, reason: str, node: Node | None = None) -> None:
        if state not in self.found:
            shown = "" if node is None else _shown(node)
            self.found[state] = Mismatch(
                state, reason, shown, old=state[0], new=state[1], is_unknown=True
            )


def _shown(node: Node) -> str:
    """What people call the operation of a node."""
    return f"{node.kind} {node.name}".strip()
