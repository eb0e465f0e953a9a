"""The flow of a workflow as its lock file has it, and what one run did of it.

In: a ``dbos-build.lock`` and the names of recorded operations. Out: flows, and which of their
nodes and edges a run has passed. Never runs or reads code; a lock file is data.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbos.error import DBOSInitializationError

MOST_OPERATIONS = 500
MOST_STATES = 200_000
ENDS = frozenset(("end", "raise", "return"))


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a workflow; ``recorded`` are the names that its operation leaves behind."""

    kind: str
    text: str
    recorded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """One node can follow another; ``label`` says when."""

    source: int
    target: int
    label: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The operations of one version of a workflow; node 0 is its beginning."""

    version: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """The nodes and edges that a run has passed; ``by_name`` when their order could not tell."""

    nodes: frozenset[int]
    edges: frozenset[Edge]
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Flows:
    """The flows of a lock file by the names of their workflows."""

    by_name: Mapping[str, Flow]

    def of(self, name: str, workflow_version: str | None) -> Flow | None:
        """The flow that a workflow ran, None when the lock file is of another version."""
        found = self.by_name.get(name)
        return found if found is not None and found.version == workflow_version else None


def read_flows(path: Path) -> Flows:
    """The flows in a lock file. Raises ``DBOSInitializationError`` when it cannot be read."""
    try:
        document = json.loads(path.read_text("utf-8"))
        workflows = document["workflows"].items()
        return Flows({name: _flow(entry) for name, entry in workflows if entry.get("flow")})
    except OSError as error:
        raise DBOSInitializationError(
            f"The lock file {path} cannot be read: {error.strerror}"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise DBOSInitializationError(
            f"{path} is no lock file of this release: write it anew with `dbos-build build`"
        ) from None


def _flow(entry: dict[str, Any]) -> Flow:
    nodes = tuple(
        Node(
            kind=str(node["kind"]),
            text=str(node.get("text") or node.get("name") or node["kind"]),
            recorded=tuple(map(str, node.get("recorded", ()))),
        )
        for node in entry["flow"]["nodes"]
    )
    edges = tuple(_edge(text, len(nodes)) for text in entry["flow"]["edges"])
    return Flow(str(entry["version"]), nodes, edges)


def _edge(text: str, count: int) -> Edge:
    source, target, *label = text.split(" ", 2)
    edge = Edge(int(source), int(target), label[0] if label else "")
    if not (0 <= edge.source < count and 0 <= edge.target < count):
        raise ValueError(text)
    return edge


@dataclass(frozen=True, slots=True)
class _State:
    node: int
    done: int


def passed(flow: Flow, operations: Sequence[tuple[str, bool]], *, ended: bool) -> Passed:
    """What a run with these operations (name, whether it failed) has passed.

    Tasks record in an order of their own; their nodes, and those of runs that fit no way through
    the flow, are found by name alone.
    """
    by_name = _by_name(flow, operations)
    if len(operations) >= MOST_OPERATIONS or any(node.kind == "gather" for node in flow.nodes):
        return by_name
    leaving: dict[int, list[Edge]] = {}
    for edge in flow.edges:
        leaving.setdefault(edge.source, []).append(edge)
    start = _State(0, 0)
    origin: dict[_State, tuple[_State, Edge] | None] = {start: None}
    waiting = deque([start])
    best: _State | None = None
    while waiting and len(origin) < MOST_STATES:
        state = waiting.popleft()
        after, failed = _after(flow.nodes[state.node], state.done, operations)
        if after == len(operations):
            if not ended or flow.nodes[state.node].kind in ENDS:
                return _way(origin, state)
            best = best or state
        if after is None:
            continue
        for edge in leaving.get(state.node, ()):
            following = _State(edge.target, after)
            if failed is not None and failed != (edge.label == "raised"):
                continue
            if following not in origin:
                origin[following] = (state, edge)
                waiting.append(following)
    return by_name if best is None else _way(origin, best)


def _after(
    node: Node, done: int, operations: Sequence[tuple[str, bool]]
) -> tuple[int | None, bool | None]:
    """How many operations are done behind a node, None when it does not fit; and whether it failed.

    An operation that has not ended is the last one: the run stands there.
    """
    if not node.recorded:
        return done, None
    failed = False
    for name in node.recorded:
        if done == len(operations):
            return done, None
        if operations[done][0] != name:
            return None, None
        failed = operations[done][1]
        done += 1
        if failed:
            break
    return done, failed


def _way(origin: Mapping[_State, tuple[_State, Edge] | None], last: _State) -> Passed:
    nodes, edges = {last.node}, set()
    step = origin[last]
    while step is not None:
        state, edge = step
        nodes.add(state.node)
        edges.add(edge)
        step = origin[state]
    return Passed(frozenset(nodes), frozenset(edges))


def _by_name(flow: Flow, operations: Sequence[tuple[str, bool]]) -> Passed:
    names = {name for name, _ in operations}
    found = {
        number
        for number, node in enumerate(flow.nodes)
        if node.recorded and names & {*node.recorded}
    }
    return Passed(frozenset(found), frozenset(), by_name=True)
