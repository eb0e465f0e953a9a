"""The layout: boxes in rows from top to bottom, links as curves between the rows.

In: the sizes of boxes and the links between them. Out: an `Arrangement` in which no box and no
label overlaps another and no curve runs through a box. Passes: ranks, layers, ordering,
coordinates, and here the heights and the curves. Never: looks at anything but its arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbos_build.graph import coordinates, layers, ordering, ranks
from dbos_build.graph.layers import Chain, Layers
from dbos_build.graph.shapes import Arrangement, Box, Curve, Link, Point, Route, Size, line

_GAP = 34.0
_LABEL_GAP = 20.0
_STEEPEST = 6.0
"""A gap is at least this part of the widest jump in it, so that curves stay readable."""
_HIGHEST_GAP = 84.0
_PORT_GAP = 26.0
_LOOP_ROOM = 30.0
"""What a link from a box to itself takes beside the box, next to its label."""
_LOOP_GAP = 4.0


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where rows and items are: `tops` and `bottoms` per row, `xs` of middles, `row_of` items."""

    layers: Layers
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    gaps: tuple[float, ...]
    xs: tuple[float, ...]
    row_of: dict[int, int]

    def box(self, item: int) -> Box:
        """The rectangle of an item, in the middle of its row's height."""
        size = self.layers.sizes[item]
        row = self.row_of[item]
        middle = (self.tops[row] + self.bottoms[row]) / 2
        return Box(
            self.xs[item] - size.width / 2, middle - size.height / 2, size.width, size.height
        )


def arrange(sizes: Sequence[Size], links: Sequence[Link]) -> Arrangement:
    """Lay out boxes and links. There must be a box; links name boxes by their indices."""
    own = _own_room(sizes, links)
    roomy = [
        Size(size.width + 2 * own[box], max(size.height, _loop_height(links, box)))
        if box in own
        else size
        for box, size in enumerate(sizes)
    ]
    ranking = ranks.ranked(len(sizes), links)
    made = ordering.ordered(layers.layered(roomy, links, ranking))
    grid = _grid(made, coordinates.placed(made))
    boxes = tuple(_inside(grid.box(box), sizes[box]) for box in range(len(sizes)))
    routes = _routes(grid, links, boxes)
    right = max(x + size.width / 2 for x, size in zip(grid.xs, made.sizes, strict=True))
    return Arrangement(right, grid.bottoms[-1] + grid.gaps[-1], boxes, tuple(routes))


def _own_room(sizes: Sequence[Size], links: Sequence[Link]) -> dict[int, float]:
    """What boxes with links to themselves need on each side, to stay in the middle."""
    room: dict[int, float] = {}
    for link in links:
        if link.source == link.target:
            label = link.label.width + 6 if link.label else 0.0
            room[link.source] = max(room.get(link.source, 0.0), _LOOP_ROOM + label)
    return room


def _loop_height(links: Sequence[Link], box: int) -> float:
    """What the labels of links from a box to itself need, one above the other."""
    labels = [each.label for each in links if each.source == each.target == box and each.label]
    return sum(each.height for each in labels) + _LOOP_GAP * max(0, len(labels) - 1)


def _inside(room: Box, size: Size) -> Box:
    """A box in the middle of the room that was kept for it."""
    x, y = room.centre
    return Box(x - size.width / 2, y - size.height / 2, size.width, size.height)


def _grid(made: Layers, xs: Sequence[float]) -> _Grid:
    """Give every row its height, and the room above and below it."""
    row_of = {item: number for number, row in enumerate(made.rows) for item in row}
    heights = [max(made.sizes[item].height for item in row) for row in made.rows]
    gaps = [_gap_above(made, xs, number) for number in range(len(made.rows) + 1)]
    tops, bottoms = [], []
    y = 0.0
    for height, gap in zip(heights, gaps, strict=False):
        y += gap
        tops.append(y)
        y += height
        bottoms.append(y)
    return _Grid(made, tuple(tops), tuple(bottoms), tuple(gaps), tuple(xs), row_of)


def _gap_above(made: Layers, xs: Sequence[float], number: int) -> float:
    """The room above a row; behind the last one when there is no row of that number."""
    turns = [
        abs(xs[item] - xs[box])
        for index in (number - 1, number)
        if 0 <= index < len(made.rows)
        for item in made.rows[index]
        if (box := made.beside.get(item)) is not None
        and (bool(made.lower[item]) if index == number else bool(made.upper[item]))
    ]
    if number in (0, len(made.rows)):
        return _LABEL_GAP if turns else 0.0
    jumps = [
        abs(xs[item] - xs[under]) for item in made.rows[number - 1] for under in made.lower[item]
    ]
    has_labels = any(
        made.sizes[item].height and item >= made.boxes
        for index in (number - 1, number)
        for item in made.rows[index]
    )
    least = _LABEL_GAP if has_labels and not turns else _GAP
    return max(least, min(_HIGHEST_GAP, max(jumps + turns, default=0.0) / _STEEPEST))


def _routes(grid: _Grid, links: Sequence[Link], boxes: Sequence[Box]) -> list[Route]:
    """The way of every link."""
    ports = _ports(grid, links, boxes)
    loops: dict[int, float] = {}  # How much of the room for their labels is taken.
    routes = []
    for index, (link, chain) in enumerate(zip(links, grid.layers.chains, strict=True)):
        if chain is None:
            taken = loops.get(link.source, 0.0)
            top = boxes[link.source].centre[1] - _loop_height(links, link.source) / 2 + taken
            loops[link.source] = taken + (link.label.height + _LOOP_GAP if link.label else 0.0)
            routes.append(_around(boxes[link.source], link, top))
            continue
        start = (grid.xs[link.source] + ports[index], boxes[link.source].bottom)
        end = (grid.xs[link.target], boxes[link.target].y)
        is_back = bool(chain.items) and chain.items[-1] in grid.layers.beside
        curves = _up(grid, chain, start, end) if is_back else _down(grid, link, chain, start, end)
        label = None if chain.label is None else grid.box(chain.label)
        routes.append(Route(tuple(curves), label))
    return routes


def _ports(grid: _Grid, links: Sequence[Link], boxes: Sequence[Box]) -> list[float]:
    """How far from the middle of its source each link begins, so that all can be told apart."""
    leaving: dict[int, list[tuple[float, int]]] = {}
    for index, (link, chain) in enumerate(zip(links, grid.layers.chains, strict=True)):
        if chain is None:
            continue
        is_back = bool(chain.items) and chain.items[-1] in grid.layers.beside
        following = (*chain.items, link.target)
        towards = chain.items[-1] if is_back else following[0]
        leaving.setdefault(link.source, []).append((grid.xs[towards], index))
    ports = [0.0] * len(links)
    for box, targets in leaving.items():
        step = min(_PORT_GAP, boxes[box].width * 0.6 / len(targets))
        for number, (_, index) in enumerate(sorted(targets)):
            ports[index] = (number - (len(targets) - 1) / 2) * step
    return ports


def _down(grid: _Grid, link: Link, chain: Chain, start: Point, end: Point) -> list[Curve]:
    """The way of a link to a lower row."""
    curves: list[Curve] = []
    row = grid.row_of[link.source]
    here = _straight(curves, start, grid.bottoms[row])
    for item in chain.items:
        row = grid.row_of[item]
        here = _bend(curves, here, (grid.xs[item], grid.tops[row]))
        here = _straight(curves, here, grid.bottoms[row])
    top = grid.tops[grid.row_of[link.target]]
    here = _bend(curves, here, (end[0], top))
    _straight(curves, here, end[1])
    return curves


def _up(grid: _Grid, chain: Chain, start: Point, end: Point) -> list[Curve]:
    """The way of a link back: down and round, up beside what it repeats, round and down again."""
    curves: list[Curve] = []
    row = grid.row_of[chain.items[-1]]
    here = _straight(curves, start, grid.bottoms[row])
    x = grid.xs[chain.items[-1]]
    here = _turn(curves, here, (x, grid.bottoms[row]), _depth(grid.gaps[row + 1]))
    for item in reversed(chain.items):
        row = grid.row_of[item]
        if here[1] != grid.bottoms[row]:
            here = _bend(curves, here, (grid.xs[item], grid.bottoms[row]))
        here = _straight(curves, here, grid.tops[row])
    here = _turn(curves, here, (end[0], grid.tops[row]), -_depth(grid.gaps[row]))
    _straight(curves, here, end[1])
    return curves


def _depth(gap: float) -> float:
    """How far the handles of a turn reach; the curve itself goes three quarters of that."""
    return gap


def _straight(curves: list[Curve], start: Point, y: float) -> Point:
    """Go on vertically to a height."""
    if start[1] != y:
        curves.append(line(start, (start[0], y)))
    return start[0], y


def _bend(curves: list[Curve], start: Point, end: Point) -> Point:
    """Cross a gap between rows, vertical at both ends."""
    if start[0] == end[0]:
        curves.append(line(start, end))
    else:
        middle = (start[1] + end[1]) / 2
        curves.append(Curve(start, (start[0], middle), (end[0], middle), end))
    return end


def _turn(curves: list[Curve], start: Point, end: Point, depth: float) -> Point:
    """Turn round inside a gap."""
    curves.append(Curve(start, (start[0], start[1] + depth), (end[0], end[1] + depth), end))
    return end


def _around(box: Box, link: Link, top: float) -> Route:
    """A link from a box to itself, on its right; its label begins at `top`."""
    quarter = box.height / 4
    start, end = (box.right, box.y + 3 * quarter), (box.right, box.y + quarter)
    reach = box.right + _LOOP_ROOM
    curve = Curve(start, (reach, start[1]), (reach, end[1]), end)
    if link.label is None:
        return Route((curve,), None)
    return Route((curve,), Box(reach, top, link.label.width, link.label.height))
