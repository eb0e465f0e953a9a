"""The flow graph of a workflow, as frozen values, and their JSON form.

In: nodes and edges, or what a lock file says of them. Out: a `Flow`, its JSON form, and which nodes
follow which. Never: line numbers; what moves in a file without changing meaning does not show here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from dbos_build.error import ManifestError

SCHEME = 4
"""Which way of drawing made a flow. It goes up whenever the same code gets other nodes or values:
flows of different schemes cannot be compared, and none of them proves anything of the other."""

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

MERGE = "merge"
RESULT = "result"
RAISED = "raised"
"""Heads of values that depend on what happened at a node."""

KINDS = OPERATIONS | CONTROL | {"opaque"}


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a workflow: an operation, or a decision about which one comes next.

    `recorded` are the names under which the operation is recorded, one after the other; `digest`
    stands for everything that decides its replay, whatever the local names and the formatting are.
    `function` is the function in which it is written, as `path:qualname`. `value` is the number of
    the flow's value that `digest` stands for: arguments, condition or result; -1 for none.
    `is_started` says that the workflow goes on before the operation has ended.
    """

    number: int
    kind: str
    name: str
    recorded: tuple[str, ...]
    text: str
    digest: str
    function: str
    value: int = -1
    is_started: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression of a workflow stands for, free of local names.

    `head` says how it is made of `parts`, other values by number. With a `place` it depends on what
    happened at that node: `result` is what the operation gave, `raised` what it raised, and `merge`
    is one of its parts, by which edge the node was entered (parts in the order of the edges).
    """

    head: str
    place: int = -1
    parts: tuple[int, ...] = ()


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
    values: tuple[Value, ...] = ()


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
        "edges": [f"{edge.source} {edge.target} {edge.label}".rstrip() for edge in flow.edges],
        "values": [_spelled(value) for value in flow.values],
    }


def _spelled(value: Value) -> str:
    """A value in one line: its head, where it depends on a node `@number`, its parts."""
    place = [f"@{value.place}"] if value.place >= 0 else []
    return " ".join([value.head, *place, *map(str, value.parts)])


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
    if node.value >= 0:
        document["value"] = node.value
    if node.is_started:
        document["started"] = True
    return document


def from_json(data: object, origin: str) -> Flow:
    """Return the flow that `to_json` wrote.

    Raises ManifestError, with `origin` in its text, for anything else.
    """
    if not isinstance(data, Mapping):
        raise _damaged(origin, "it is no object")
    nodes, edges, values = (data.get(field) for field in ("nodes", "edges", "values"))
    if not isinstance(nodes, list) or not _texts(edges) or not _texts(values) or not nodes:
        raise _damaged(origin, "it lacks nodes, edges or values")
    flow = Flow(
        tuple(_node(number, entry, len(values), origin) for number, entry in enumerate(nodes)),
        tuple(_edge(entry, len(nodes), origin) for entry in edges),
        tuple(_value(entry, len(nodes), len(values), origin) for entry in values),
    )
    if flow.nodes[0].kind != "begin":
        raise _damaged(origin, "its first node is not its beginning")
    entries = Counter(edge.target for edge in flow.edges)
    for number, value in enumerate(flow.values):
        if value.head == MERGE and entries[value.place] != len(value.parts):
            raise _damaged(origin, f"value {number} does not fit the edges of its node")
        if value.head != MERGE and any(part >= number for part in value.parts):
            raise _damaged(origin, f"value {number} is made of later ones")
    return flow


def _node(number: int, entry: object, values: int, origin: str) -> Node:
    if not isinstance(entry, Mapping) or entry.get("kind") not in KINDS:
        raise _damaged(origin, f"node {number} has no kind that is known")
    texts = [entry.get(field, "") for field in ("name", "text", "digest", "function")]
    recorded, value = entry.get("recorded", []), entry.get("value", -1)
    is_number = isinstance(value, int) and -1 <= value < values
    if not all(isinstance(text, str) for text in texts) or not _texts(recorded) or not is_number:
        raise _damaged(origin, f"node {number} is not what a build writes")
    name, text, digest, function = (str(each) for each in texts)
    return Node(
        number=number,
        kind=str(entry["kind"]),
        name=name,
        recorded=tuple(recorded),
        text=text,
        digest=digest,
        function=function,
        value=value,
        is_started=entry.get("started") is True,
    )


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _edge(entry: str, size: int, origin: str) -> Edge:
    source, _, rest = entry.partition(" ")
    target, _, label = rest.partition(" ")
    if source.isdecimal() and target.isdecimal() and max(int(source), int(target)) < size:
        return Edge(int(source), int(target), label)
    raise _damaged(origin, f"the edge {entry!r} leads nowhere")


def _value(entry: str, nodes: int, values: int, origin: str) -> Value:
    head, *numbers = entry.split(" ")
    place = -1
    if numbers and numbers[0].startswith("@"):
        text = numbers.pop(0)[1:]
        place = int(text) if text.isdecimal() else nodes
    if place >= nodes or any(not part.isdecimal() or int(part) >= values for part in numbers):
        raise _damaged(origin, f"the value {entry!r} is made of nothing")
    return Value(head, place, tuple(int(part) for part in numbers))


def _damaged(origin: str, why: str) -> ManifestError:
    return ManifestError(f"{origin}: has a damaged flow graph, {why}; run `dbos-build build`")


def operations(flow: Flow) -> Iterable[Node]:
    """The nodes that ask the runtime for something, by number."""
    return (node for node in flow.nodes if node.kind in OPERATIONS)
