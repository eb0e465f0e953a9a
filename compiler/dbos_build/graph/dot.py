"""The picture of a flow as a DOT graph, as Graphviz reads it.

In: a `Picture`. Out: DOT text. Never: HTML labels, or a name from user code outside of quotes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.flow.graph import Node
from dbos_build.graph.appearance import KINDS, described
from dbos_build.graph.escaping import dot as escaped
from dbos_build.graph.escaping import dot_link
from dbos_build.graph.picture import Picture

_SHAPES = {"card": "box", "hexagon": "hexagon", "pill": "ellipse"}


def render(picture: Picture) -> str:
    """Return a picture as a DOT graph."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f'digraph "{escaped(picture.workflow)}" {{'
    yield '    node [fontname="Helvetica", fontsize=11];'
    yield '    edge [fontname="Helvetica", fontsize=10];'
    for node in picture.flow.nodes:
        yield f"    n{node.number} [{_attributes(picture, node)}];"
    for edge in picture.flow.edges:
        label = f' [label="{escaped(edge.label)}"]' if edge.label else ""
        yield f"    n{edge.source} -> n{edge.target}{label};"
    yield "}"


def _attributes(picture: Picture, node: Node) -> str:
    shape = _SHAPES[KINDS[node.kind].shape] if node.kind in KINDS else "box"
    style = "dashed" if node.kind == "opaque" else "rounded" if shape == "box" else "solid"
    found = {
        "label": described(node, picture.workflow),
        "shape": shape,
        "style": style,
        "tooltip": node.text,
    }
    attributes = [f'{key}="{escaped(value)}"' for key, value in found.items() if value]
    link = picture.links.get(node.number)
    return ", ".join([*attributes, f'URL="{dot_link(link)}"'] if link else attributes)
