"""The picture of a flow as SVG: one file, light and dark, without scripts or references.

In: a `Picture`. Out: SVG text. Nodes link to their source. Never: passes text from user code on
unescaped; draws anything that the layout did not make room for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from html import escape

from dbos_build.flow.graph import RAISED, Edge, Node
from dbos_build.graph import appearance as looks
from dbos_build.graph import layout
from dbos_build.graph.appearance import Appearance
from dbos_build.graph.icons import ICONS
from dbos_build.graph.measure import one_line
from dbos_build.graph.palette import STYLE
from dbos_build.graph.picture import Picture
from dbos_build.graph.shapes import Arrangement, Box, Curve, Link, Point, Route
from dbos_build.graph.simplification import simplified

_MARGIN = 28.0
_ARROW = 7.0


def render(picture: Picture) -> str:
    """Return a picture as an SVG document."""
    picture = simplified(picture)
    faces = [looks.appearance(node, picture.workflow) for node in picture.flow.nodes]
    links = [
        Link(each.source, each.target, looks.label_size(each.label)) for each in picture.flow.edges
    ]
    made = layout.arrange([face.size for face in faces], links)
    return "".join(_document(picture, faces, made))


def _document(picture: Picture, faces: list[Appearance], made: Arrangement) -> Iterator[str]:
    mark = "flow-" + hashlib.sha256(picture.workflow.encode("utf-8", "replace")).hexdigest()[:8]
    wide, high = _number(made.width + 2 * _MARGIN), _number(made.height + 2 * _MARGIN)
    title = _text(f"Workflow {one_line(picture.workflow)}")
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dbos-flow" width="{wide}" height="{high}"'
        f' viewBox="0 0 {wide} {high}" role="graphics-document" aria-roledescription="flow chart"'
        f' aria-labelledby="{mark}-title {mark}-desc">\n'
        f'<title id="{mark}-title">{title}</title>\n'
        f'<desc id="{mark}-desc">{_text(_summary(picture))}</desc>\n'
        f"<style>{STYLE}</style>\n"
        f'<rect class="canvas" width="{wide}" height="{high}" rx="12"/>\n'
        f'<g transform="translate({_number(_MARGIN)} {_number(_MARGIN)})">\n'
    )
    yield from _routes(picture, made)
    for node, face, box in zip(picture.flow.nodes, faces, made.boxes, strict=True):
        yield _linked(picture, node, _node(node, face, box, picture))
    for edge, route in zip(picture.flow.edges, made.routes, strict=True):
        if route.label is not None:
            yield _label(edge, route.label, picture.flow.nodes)
    yield "</g>\n</svg>\n"


def _summary(picture: Picture) -> str:
    """The operations in words, in their order."""
    return "; ".join(looks.described(node, picture.workflow) for node in picture.flow.nodes)


def _routes(picture: Picture, made: Arrangement) -> Iterator[str]:
    """Arrows, those of failures last; one head where several arrive at the same point."""
    heads: set[tuple[Point, str]] = set()
    pairs = list(zip(picture.flow.edges, made.routes, strict=True))
    nodes = picture.flow.nodes
    for edge, route in sorted(pairs, key=lambda pair: _is_failing(pair[0], nodes)):
        end = route.curves[-1]
        family = _family(edge, route, nodes)
        key = (end.end, "failing" if _is_failing(edge, nodes) else "")
        head = "" if key in heads else f'<path class="head" d="{_head(end)}"/>'
        heads.add(key)
        yield f'<g class="{family}"><path class="route" d="{_path(route)}"/>{head}</g>\n'


def _family(edge: Edge, route: Route, nodes: Sequence[Node]) -> str:
    """The classes of an arrow."""
    rises = route.curves[-1].end[1] <= route.curves[0].start[1]
    words = ["link"]
    if rises:
        words.append("again")
    if _is_failing(edge, nodes):
        words.append("failing")
    return " ".join(words)


def _is_failing(edge: Edge, nodes: Sequence[Node]) -> bool:
    """Whether an arrow is the way of an error that was raised or is handled."""
    is_handled = nodes[edge.source].kind == "except" and not edge.label
    return edge.label == RAISED or edge.label.startswith("except") or is_handled


def _linked(picture: Picture, node: Node, drawn: str) -> str:
    address = picture.links.get(node.number)
    if address is None:
        return f"{drawn}\n"
    return f'<a href="{_text(address)}">{drawn}</a>\n'


def _node(node: Node, face: Appearance, box: Box, picture: Picture) -> str:
    """One node with its tooltip."""
    words = looks.described(node, picture.workflow)
    place = picture.places.get(node.number)
    source = f"{one_line(place.path)}:{place.line}" if place else ""
    hint = "\n".join(filter(None, (words, one_line(node.text), source)))
    draw = {"card": _card, "hexagon": _hexagon, "pill": _pill}[face.kind.shape]
    return (
        f'<g class="{face.kind.family}" role="graphics-symbol" aria-label="{_text(words)}">'
        f"<title>{_text(hint)}</title>{draw(node, face, box)}</g>"
    )


def _card(node: Node, face: Appearance, box: Box) -> str:
    icon, padding = looks.ICON, looks.PADDING
    left, middle = box.x + padding, box.centre[1]
    x = left + icon + padding
    y = box.y + 20
    badge = Box(left, middle - icon / 2, icon, icon)
    shift = f"translate({_number(left + icon / 2 - 8)} {_number(middle - 8)})"
    sign = ICONS.get(node.kind, ICONS["other"])
    parts = [
        f'<rect class="card" {_corner(box)} {_extent(box)} rx="9"/>',
        f'<rect class="badge" {_corner(badge)} {_extent(badge)} rx="7"/>',
        f'<path class="icon" transform="{shift}" d="{sign}"/>',
        _words(x, y, "caption", face.kind.caption.upper()),
    ]
    for line in face.names:
        y += 17
        parts.append(_words(x, y, "name", line))
    for line in face.code:
        y += 15
        parts.append(_words(x, y, "code", line))
    return "".join(parts)


def _hexagon(node: Node, face: Appearance, box: Box) -> str:
    x, y = box.centre
    slope = 16
    corners = (
        (box.x, y),
        (box.x + slope, box.y),
        (box.right - slope, box.y),
        (box.right, y),
        (box.right - slope, box.bottom),
        (box.x + slope, box.bottom),
    )
    points = " ".join(f"{_number(a)},{_number(b)}" for a, b in corners)
    top = box.y + 16
    parts = [
        f'<polygon class="tinted" points="{points}" stroke-linejoin="round"/>',
        _words(x, top, "kind", face.kind.caption.upper(), middle=True),
    ]
    for number, line in enumerate(face.code):
        parts.append(_words(x, top + 15 * (number + 1), "condition", line, middle=True))
    return "".join(parts)


def _pill(node: Node, face: Appearance, box: Box) -> str:
    x, y = box.centre
    radius = _number(min(box.height, 32) / 2)
    parts = [f'<rect class="tinted" {_corner(box)} {_extent(box)} rx="{radius}"/>']
    first = y - 17 * (len(face.names) - 1) / 2 + 4.5
    for number, line in enumerate(face.names):
        parts.append(_words(x, first + 17 * number, "pill", line, middle=True))
    return "".join(parts)


def _label(edge: Edge, box: Box, nodes: Sequence[Node]) -> str:
    x, y = box.centre
    words = _words(x, y + 3.8, "label", looks.label_text(edge.label), middle=True)
    family = "link failing" if _is_failing(edge, nodes) else "link"
    tag = f'<rect class="tag" {_corner(box)} {_extent(box)} rx="{_number(box.height / 2)}"/>'
    return f'<g class="{family}">{tag}{words}</g>\n'


def _words(x: float, y: float, family: str, text: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text class="{family}" x="{_number(x)}" y="{_number(y)}"{anchor}>{_text(text)}</text>'


def _path(route: Route) -> str:
    """The data of an arrow's line, which ends where its head begins."""
    start = route.curves[0].start
    parts = [f"M{_number(start[0])} {_number(start[1])}"]
    for number, curve in enumerate(route.curves):
        end = curve.end
        if number == len(route.curves) - 1:
            end = _neck(curve)
        if curve.is_straight:
            parts.append(f"V{_number(end[1])}")
        else:
            points = (curve.first, curve.second, end)
            parts.append("C" + " ".join(f"{_number(x)} {_number(y)}" for x, y in points))
    return "".join(parts)


def _arrives_sideways(curve: Curve) -> bool:
    """Whether an arrow goes from a box to itself; all others arrive from above."""
    return curve.second[1] == curve.end[1] and not curve.is_straight


def _neck(curve: Curve) -> Point:
    """Where the head of an arrow begins."""
    x, y = curve.end
    if _arrives_sideways(curve):
        return x + _ARROW - 1, y
    return x, y - _ARROW + 1


def _head(curve: Curve) -> str:
    """The triangle at the end of an arrow."""
    x, y = curve.end
    half = _ARROW * 0.62
    if _arrives_sideways(curve):
        wings = ((x + _ARROW, y - half), (x + _ARROW, y + half))
    else:
        wings = ((x - half, y - _ARROW), (x + half, y - _ARROW))
    corners = " ".join(f"L{_number(a)} {_number(b)}" for a, b in wings)
    return f"M{_number(x)} {_number(y)}{corners}Z"


def _corner(box: Box) -> str:
    return f'x="{_number(box.x)}" y="{_number(box.y)}"'


def _extent(box: Box) -> str:
    return f'width="{_number(box.width)}" height="{_number(box.height)}"'


def _number(value: float) -> str:
    """A length with at most one digit behind the point."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _text(text: str) -> str:
    """Text as XML may hold it; what no XML can hold was made visible before."""
    return escape(text, quote=True)
