"""The flow graph of a workflow, as frozen values, and their JSON form.

In: nodes and edges, or what a lock file says of them. Out: a `Flow`, its JSON form, and which nodes
follow which. Never: line numbers; what moves in a file without changing meaning does not show here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dbos_build.error import ManifestError

OPERATIONS = frozenset(
    {
        "step",
        "transaction",
        "child",
        "start",
        "enqueue",
        "result",
        "send",
        "recv",
        "set_event",
        "get_event",
        "sleep",
        "write_stream",
        "read_stream",
        "patch",
        "deprecate_patch",
        "other",
    }
)
"""Kinds of nodes that ask the runtime for something."""

CONTROL = frozenset(
    {
        "begin",
        "end",
        "branch",
        "loop",
        "gather",
        "join",
        "try",
        "except",
        "raise",
        "return",
    }
)
"""Kinds of nodes that decide what comes next."""

KINDS = OPERATIONS | CONTROL | {"opaque"}


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a workflow: an operation, or a decision about which one comes next.

    `recorded` are the names under which the operation is recorded, one after the other; `digest`
    stands for everything that decides its replay, whatever the local names and the formatting are.
    `function` is the function in which it is written, as `path:qualname`.
    """

    number: int
    kind: str
    name: str
    recorded: tuple[str, ...]
    text: str
    digest: str
    function: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One node can follow another; `label` says when, and is empty when it always does."""

    source: int
    target: int
    label: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The durable operations of one workflow. Node 0 is its beginning; nodes stand by number."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def successors(flow: Flow) -> tuple[tuple[Edge, ...], ...]:
    """Return the edges that leave each node, by number, in the order of the flow."""
    leaving: list[list[Edge]] = [[] for _ in flow.nodes]
    for edge in flow.edges:
        leaving[edge.source].append(edge)
    return tuple(tuple(edges) for edges in leaving)


def to_json(flow: Flow) -> dict[str, object]:
    """Return a flow as JSON can hold it; a node's number is its place in the list."""
    return {
        "nodes": [_plain(node) for node in flow.nodes],
        "edges": [[edge.source, edge.target, edge.label] for edge in flow.edges],
    }


def _plain(node: Node) -> dict[str, object]:
    """A node without what is empty; most nodes have no name and record nothing."""
    document: dict[str, object] = {"kind": node.kind}
    if node.name:
        document["name"] = node.name
    if node.recorded:
        document["recorded"] = list(node.recorded)
    for field, value in (
        ("text", node.text),
        ("digest", node.digest),
        ("function", node.function),
    ):
        if value:
            document[field] = value
    return document


def from_json(data: object, origin: str) -> Flow:
    """Return the flow that `to_json` wrote.

    Raises ManifestError, with `origin` in its text, for anything else.
    """
    if not isinstance(data, Mapping):
        raise _damaged(origin, "it is no object")
    nodes, edges = data.get("nodes"), data.get("edges")
    if not isinstance(nodes, list) or not isinstance(edges, list) or not nodes:
        raise _damaged(origin, "it has no nodes or no edges")
    flow = Flow(
        tuple(_node(number, entry, origin) for number, entry in enumerate(nodes)),
        tuple(_edge(entry, len(nodes), origin) for entry in edges),
    )
    if flow.nodes[0].kind != "begin":
        raise _damaged(origin, "its first node is not its beginning")
    return flow


def _node(number: int, entry: object, origin: str) -> Node:
    if not isinstance(entry, Mapping) or entry.get("kind") not in KINDS:
        raise _damaged(origin, f"node {number} has no kind that is known")
    texts = [entry.get(field, "") for field in ("name", "text", "digest", "function")]
    recorded = entry.get("recorded", [])
    if not all(isinstance(text, str) for text in texts) or not _texts(recorded):
        raise _damaged(origin, f"node {number} is not what a build writes")
    name, text, digest, function = (str(each) for each in texts)
    return Node(number, str(entry["kind"]), name, tuple(recorded), text, digest, function)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _edge(entry: object, size: int, origin: str) -> Edge:
    match entry:
        case [int(source), int(target), str(label)]:
            if not isinstance(source, bool) and 0 <= source < size and 0 <= target < size:
                return Edge(source, target, label)
    raise _damaged(origin, f"the edge {entry!r} leads nowhere")


def _damaged(origin: str, why: str) -> ManifestError:
    return ManifestError(f"{origin}: has a damaged flow graph, {why}; run `dbos-build build`")


def operations(flow: Flow) -> Iterable[Node]:
    """The nodes that ask the runtime for something, by number."""
    return (node for node in flow.nodes if node.kind in OPERATIONS)
