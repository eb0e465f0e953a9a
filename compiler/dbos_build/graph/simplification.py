"""The flow that is drawn: without what the shapes say already, and as people would write it.

In: a `Picture` of a whole flow. Out: a `Picture` with fewer nodes, arrows and labels.
Never: leaves out an operation, a decision or a way between them.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dbos_build.flow.graph import Edge, Flow, Node
from dbos_build.graph.picture import Picture
from dbos_build.parsing import parse_expression

_ENDS = ("return", "raise")
_OPPOSITE = {"yes": "no", "no": "yes"}


def simplified(picture: Picture) -> Picture:
    """The picture to draw.

    A `return` or `raise` ends the workflow: no arrow leads on to the end, nor is there an end that
    nothing leads to. Joins that close no gather vanish. `not (a != b)` with its answers becomes
    `a != b` with the opposite ones. Labels that repeat a node's text are left out.
    """
    nodes = list(picture.flow.nodes)
    edges = _without_plain_joins(nodes, list(picture.flow.edges))
    edges = [
        edge
        for edge in edges
        if not (nodes[edge.target].kind == "end" and nodes[edge.source].kind in _ENDS)
    ]
    turned = {node.number: text for node in nodes if (text := _turned(node))}
    nodes = [replace(node, text=turned.get(node.number, node.text)) for node in nodes]
    edges = [
        replace(edge, label=_OPPOSITE.get(edge.label, edge.label))
        if edge.source in turned
        else edge
        for edge in edges
    ]
    edges = [replace(edge, label=_label(edge, nodes)) for edge in edges]
    used = {0} | {edge.target for edge in edges} | {edge.source for edge in edges}
    hidden = [node.number for node in nodes if node.kind in ("end", "join")]
    return _numbered(picture, nodes, edges, {each for each in hidden if each not in used})


def _without_plain_joins(nodes: Sequence[Node], edges: list[Edge]) -> list[Edge]:
    """The edges with those to joins that close no gather led on to what follows them."""
    after: dict[int, list[Edge]] = {}
    for edge in edges:
        after.setdefault(edge.source, []).append(edge)
    kept = _closing_joins(nodes, after)
    onward = {
        node.number: after[node.number][0].target
        for node in nodes
        if node.kind == "join" and node.number not in kept and _leads_on(after, node.number)
    }
    found: list[Edge] = []
    for edge in edges:
        if edge.source in onward:
            continue
        target, seen = edge.target, set[int]()
        while target in onward and target not in seen:
            seen.add(target)
            target = onward[target]
        found.append(replace(edge, target=target))
    return list(dict.fromkeys(found))


def _leads_on(after: dict[int, list[Edge]], number: int) -> bool:
    """Whether one plain arrow leaves a node, to another one."""
    leaving = after.get(number, ())
    return len(leaving) == 1 and not leaving[0].label and leaving[0].target != number


def _closing_joins(nodes: Sequence[Node], after: dict[int, list[Edge]]) -> set[int]:
    """For each gather, the nearest join that all its lanes lead to."""
    found: set[int] = set()
    for node in nodes:
        lanes = [edge.target for edge in after.get(node.number, ()) if edge.label == "parallel"]
        if node.kind != "gather" or not lanes:
            continue
        reached = [_distances(after, lane) for lane in lanes]
        common = set(reached[0]).intersection(*reached[1:])
        joins = [number for number in common if nodes[number].kind == "join"]
        if joins:
            found.add(min(joins, key=lambda number: (reached[0][number], number)))
    return found


def _distances(after: dict[int, list[Edge]], start: int) -> dict[int, int]:
    """How many arrows lead to everything that is reached from a node."""
    distances = {start: 0}
    waiting = deque([start])
    while waiting:
        number = waiting.popleft()
        for edge in after.get(number, ()):
            if edge.target not in distances:
                distances[edge.target] = distances[number] + 1
                waiting.append(edge.target)
    return distances


def _turned(node: Node) -> str:
    """The condition inside of `not (...)`, when that is a comparison; empty otherwise."""
    if node.kind != "branch" or not node.text.startswith("not "):
        return ""
    try:
        condition = parse_expression(node.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    match condition:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(ops=[_]) as compared):
            return ast.unparse(compared)
    return ""


def _label(edge: Edge, nodes: Sequence[Node]) -> str:
    """The label of an edge, empty when its ends say the same."""
    source, target = nodes[edge.source], nodes[edge.target]
    if source.kind == "gather" and edge.label == "parallel":
        return ""
    return "" if edge.label in (source.text, target.text) else edge.label


def _numbered(
    picture: Picture, nodes: Sequence[Node], edges: Iterable[Edge], hidden: set[int]
) -> Picture:
    """The picture without the hidden nodes, the others numbered anew in their old order."""
    kept = [node.number for node in nodes if node.number not in hidden]
    new = {old: number for number, old in enumerate(kept)}
    flow = Flow(
        tuple(replace(nodes[old], number=new[old]) for old in kept),
        tuple(
            Edge(new[edge.source], new[edge.target], edge.label) for edge in dict.fromkeys(edges)
        ),
    )
    return Picture(
        picture.workflow,
        flow,
        {new[old]: place for old, place in picture.places.items() if old in new},
        {new[old]: link for old, link in picture.links.items() if old in new},
    )
