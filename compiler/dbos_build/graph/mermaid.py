"""The picture of a flow as a Mermaid flow chart, as GitHub and many editors draw it.

In: a `Picture`. Out: Mermaid text. Never: a directive, a click with a script, or a name from user
code outside of quotes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.flow.graph import Edge, Node
from dbos_build.graph.appearance import KINDS, described, label_text
from dbos_build.graph.escaping import mermaid as escaped
from dbos_build.graph.escaping import mermaid_link
from dbos_build.graph.picture import Picture

_BRACKETS = {"card": ("[", "]"), "hexagon": ("{{", "}}"), "pill": ("([", "])")}
_COLOURS = {
    "operation": "fill:#eff5ff,stroke:#2563eb,color:#0f172a",
    "decision": "fill:#fff7e6,stroke:#e0a030,color:#7a4a05",
    "mark": "fill:#f1f5f9,stroke:#94a3b8,color:#334155",
    "failure": "fill:#fee2e2,stroke:#dc4a4a,color:#8f1616",
    "opaque": "fill:#fffbeb,stroke:#92400e,color:#92400e,stroke-dasharray:5 4",
}


def render(picture: Picture) -> str:
    """Return a picture as a Mermaid flow chart."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield "flowchart TD"
    for node in picture.flow.nodes:
        before, after = _BRACKETS[_shape(node)]
        text = escaped(described(node, picture.workflow))
        yield f'    n{node.number}{before}"{text}"{after}:::{_group(node)}'
    for edge in picture.flow.edges:
        yield f"    n{edge.source} {_arrow(edge)} n{edge.target}"
    for number, link in sorted(picture.links.items()):
        yield f'    click n{number} href "{mermaid_link(link)}"'
    for group, colours in _COLOURS.items():
        yield f"    classDef {group} {colours}"


def _shape(node: Node) -> str:
    return KINDS[node.kind].shape if node.kind in KINDS else "card"


def _group(node: Node) -> str:
    """The colours of a node."""
    if node.kind == "opaque":
        return "opaque"
    if node.kind in ("raise", "except"):
        return "failure"
    return {"card": "operation", "hexagon": "decision", "pill": "mark"}[_shape(node)]


def _arrow(edge: Edge) -> str:
    text = escaped(label_text(edge.label))
    return f'-->|"{text}"|' if text else "-->"
