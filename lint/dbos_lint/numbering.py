"""Which step numbers the operations of a workflow are recorded under.

In: the flow of a workflow. Out: for each operation the least and the most its number can be. Never
does: run anything; where branches, loops or lanes leave a number open, it says how far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.flow.graph import Flow, Node, operations, successors
from dbos_build.reading.columns import character_column
from dbos_lint.hovers import reach_of
from dbos_lint.positions import lines_of
from dbos_lint.project import Result

# These take a number for their timeout as well, which has a record of its own.
_WITH_TIMEOUT = frozenset({"DBOS.recv", "DBOS.getEvent"})


@dataclass(frozen=True, slots=True)
class Numbers:
    """The first number of an operation: at least `least`, at most `most`; None for no limit."""

    least: int
    most: int | None

    def joined(self, other: Numbers) -> Numbers:
        """What covers both."""
        most = None if self.most is None or other.most is None else max(self.most, other.most)
        return Numbers(min(self.least, other.least), most)

    def __str__(self) -> str:
        if self.most is None:
            return f"#{self.least}+"
        return f"#{self.least}" if self.least == self.most else f"#{self.least}–{self.most}"


@dataclass(frozen=True, slots=True)
class Hint:
    """The numbers of what is written at a place, and the names it is recorded under.

    `line` and `column` count from 1, in characters.
    """

    line: int
    column: int
    numbers: Numbers
    names: tuple[str, ...]

    def joined(self, other: Hint) -> Hint:
        """What is true of the place for two ways to it."""
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        return replace(self, numbers=self.numbers.joined(other.numbers), names=names)


def workflows_in(result: Result, path: str, first: int, last: int) -> tuple[Declaration, ...]:
    """The workflows of a file that run a function which stands in some of its lines, from 1.

    Those of other files are left out: drawing every workflow takes too long while people type.
    """
    return tuple(
        declaration
        for declaration in result.program.workflows
        if declaration.path == path and _runs(result.program, declaration, path, first, last)
    )


def _runs(program: Program, declaration: Declaration, path: str, first: int, last: int) -> bool:
    """Whether a workflow runs a function that stands in some lines of a file."""
    reach = reach_of(program, declaration)
    nodes = (
        activation.function.node
        for activation in (reach.activations() if reach is not None else ())
        if activation.function is not None and activation.module.path == path
    )
    return any(node.lineno <= last and first <= (node.end_lineno or last) for node in nodes)


def hints(result: Result, path: str, workflow: Declaration) -> tuple[Hint, ...]:
    """The numbers of what a workflow does that is written in a file, in the order of the text."""
    lines = lines_of(result.texts[path])
    found: dict[tuple[int, int], Hint] = {}
    for node, numbers, (where, line, column) in _placed(result.program, workflow):
        if where == path and line <= len(lines):
            column = character_column(lines[line - 1], column)
            known = found.get((line, column))
            made = Hint(line, column, numbers, node.recorded)
            found[line, column] = made.joined(known) if known is not None else made
    return tuple(found[place] for place in sorted(found))


def _placed(
    program: Program, declaration: Declaration
) -> Iterator[tuple[Node, Numbers, tuple[str, int, int]]]:
    """The operations of a workflow with their numbers and places."""
    drawn = flow.build(program, declaration)
    places = flow.places(program, declaration)
    known = numbers(drawn)
    for node in operations(drawn):
        if node.number in known and node.number in places:
            yield node, known[node.number], places[node.number]


def numbers(drawn: Flow) -> Mapping[int, Numbers]:
    """The numbers of each operation that is recorded and can be reached, by node."""
    least = _least(drawn)
    most = _most(drawn)
    return {
        node.number: Numbers(least[node.number] + 1, None if end is None else end + 1)
        for node in operations(drawn)
        if node.recorded and node.number in least
        for end in (most[node.number],)
    }


def _width(node: Node) -> int:
    """How many numbers a node takes."""
    return len(node.recorded) + sum(name in _WITH_TIMEOUT for name in node.recorded)


def _least(drawn: Flow) -> dict[int, int]:
    """The fewest numbers that are taken before each node, on any way to it."""
    leaving = successors(drawn)
    found = {0: 0}
    waiting = [0]
    while waiting:
        source = waiting.pop(0)
        taken = found[source] + _width(drawn.nodes[source])
        for edge in leaving[source]:
            if taken < found.get(edge.target, taken + 1):
                found[edge.target] = taken
                waiting.append(edge.target)
    return found


def _most(drawn: Flow) -> list[int | None]:
    """The most numbers that can be taken before each node.

    None behind loops, in lanes, and behind calls that may run steps the analysis cannot see.
    """
    leaving = successors(drawn)
    lanes = {each.number for each in drawn.nodes if each.kind == "gather"}
    unseen = {
        edge.target
        for each in drawn.nodes
        if each.kind == "opaque"
        for edge in leaving[each.number]
    }
    open_ended = _behind(drawn, lanes | unseen | _repeated(drawn))
    found: list[int | None] = [0] * len(drawn.nodes)
    for source in _in_order(drawn):
        taken = found[source]
        for edge in leaving[source]:
            before = found[edge.target]
            if taken is not None and before is not None:
                found[edge.target] = max(before, taken + _width(drawn.nodes[source]))
    return [None if number in open_ended else found[number] for number in range(len(found))]


def _behind(drawn: Flow, starts: set[int]) -> set[int]:
    """Some nodes and all that can follow on them."""
    leaving = successors(drawn)
    found = set(starts)
    waiting = list(starts)
    while waiting:
        for edge in leaving[waiting.pop()]:
            if edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return found


def _repeated(drawn: Flow) -> set[int]:
    """The nodes that can follow on themselves."""
    leaving = successors(drawn)
    return {
        node.number
        for node in drawn.nodes
        if node.number in _behind(drawn, {edge.target for edge in leaving[node.number]})
    }


def _in_order(drawn: Flow) -> list[int]:
    """The nodes such that each stands behind all that lead to it, cycles aside."""
    leaving = successors(drawn)
    done: list[int] = []
    seen = {0}
    waiting = [(0, iter(leaving[0]))]
    while waiting:
        number, edges = waiting[-1]
        target = next((edge.target for edge in edges if edge.target not in seen), None)
        if target is None:
            done.append(number)
            waiting.pop()
        else:
            seen.add(target)
            waiting.append((target, iter(leaving[target])))
    return done[::-1]
