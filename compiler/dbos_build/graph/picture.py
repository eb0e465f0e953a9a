"""What a picture is made from: a workflow's flow, where its nodes are written, and where they link.

In: a flow and the places of its nodes. Out: a `Picture`, and the simpler one that is drawn.
Never: more than values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dbos_build.flow.graph import Edge, Flow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is written; `line` and `column` count from 1."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A workflow to draw: `places` and `links` say for node numbers where they are written."""

    workflow: str
    flow: Flow
    places: Mapping[int, Place] = field(default_factory=dict)
    links: Mapping[int, str] = field(default_factory=dict)


def simplified(picture: Picture) -> Picture:
    """The picture without what its shapes say already.

    A `return` or `raise` ends the workflow: no arrow leads on to the end, nor is there an end that
    nothing leads to. Arrows that leave a gather are parallel, those that reach an `except` fail.
    Nodes are numbered anew, in their old order.
    """
    kinds = [node.kind for node in picture.flow.nodes]
    edges = [
        edge
        for edge in picture.flow.edges
        if not (kinds[edge.target] == "end" and kinds[edge.source] in ("return", "raise"))
    ]
    reached = {edge.target for edge in edges}
    kept = [
        number
        for number, kind in enumerate(kinds)
        if kind != "end" or number in reached or len(kinds) == 1
    ]
    new = {number: place for place, number in enumerate(kept)}
    nodes = tuple(replace(picture.flow.nodes[old], number=new[old]) for old in kept)
    return Picture(
        picture.workflow,
        replace(
            picture.flow,
            nodes=nodes,
            edges=tuple(
                Edge(new[edge.source], new[edge.target], _label(edge, kinds))
                for edge in dict.fromkeys(edges)
                if edge.source in new and edge.target in new
            ),
        ),
        {new[old]: place for old, place in picture.places.items() if old in new},
        {new[old]: link for old, link in picture.links.items() if old in new},
    )


def _label(edge: Edge, kinds: list[str]) -> str:
    """The label of an edge, empty when its ends say the same."""
    if kinds[edge.source] == "gather" and edge.label == "parallel":
        return ""
    return edge.label
