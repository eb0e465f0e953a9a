"""The picture of a flow beside a run: one line for each node, what was passed drawn strong.

In: a ``Flow`` and what a run has passed of it. Out: markup. Lines stand in an order in which they
can happen; connections that pass over lines run in lanes beside them, so that it fits a phone.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbos.console.flow import Edge, Flow, Passed
from dbos.console.markup import Markup, element, join
from dbos.report import plain

ROW, LANE, MOST_LANES, LETTERS = 30, 14, 8, 74
WIDTH = 760


def section(flow: Flow, passed: Passed) -> Markup:
    """The picture with its heading."""
    told = (
        "Operations that run side by side, or a record too long to follow: marked by name."
        if passed.by_name
        else "What this run has passed is drawn strong."
    )
    return join(
        element("h2", "Flow"),
        element("p", told, class_="quiet"),
        element("div", draw(flow, passed), class_="scroll panel", tabindex=0),
    )


def order(flow: Flow) -> list[int]:
    """The nodes in an order in which they can happen; ways back are passed over."""
    leaving: dict[int, list[int]] = {}
    for edge in flow.edges:
        leaving.setdefault(edge.source, []).append(edge.target)
    seen: set[int] = set()
    found: list[int] = []
    for first in range(len(flow.nodes)):
        stack = [(first, iter(leaving.get(first, ())))] if first not in seen else []
        seen.add(first)
        while stack:
            number, targets = stack[-1]
            target = next((each for each in targets if each not in seen), None)
            if target is None:
                stack.pop()
                found.append(number)
            else:
                seen.add(target)
                stack.append((target, iter(leaving.get(target, ()))))
    return found[::-1]


def lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A lane for each span of rows, so that spans in one lane do not meet; short ones first."""
    taken: list[list[tuple[int, int]]] = []
    found = [0] * len(spans)
    for number in sorted(range(len(spans)), key=lambda each: spans[each][1] - spans[each][0]):
        top, bottom = spans[number]
        free = (
            lane
            for lane, others in enumerate(taken)
            if all(bottom <= other[0] or other[1] <= top for other in others)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((top, bottom))
        found[number] = min(lane, MOST_LANES - 1)
    return found


def draw(flow: Flow, passed: Passed) -> Markup:
    """The picture alone."""
    rows = {number: row for row, number in enumerate(order(flow))}
    far = [edge for edge in flow.edges if rows[edge.target] - rows[edge.source] != 1]
    spans = [_span(rows[edge.source], rows[edge.target]) for edge in far]
    lane_of = dict(zip(far, lanes(spans), strict=True))
    gutter = LANE * (max(lane_of.values(), default=-1) + 2)
    height = ROW * len(rows) + 4
    # What was passed is drawn last, over everything else.
    edges = sorted(flow.edges, key=lambda each: each in passed.edges)
    drawn = [_edge(each, rows, gutter, lane_of.get(each), each in passed.edges) for each in edges]
    nodes = [_node(flow, number, row, gutter, passed) for number, row in rows.items()]
    return element(
        "svg",
        element("title", f"{len(passed.nodes)} of {len(flow.nodes)} places were passed"),
        drawn,
        nodes,
        class_="flow",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        role="img",
    )


def _span(source: int, target: int) -> tuple[int, int]:
    return min(source, target), max(source, target)


def _middle(row: int) -> int:
    return ROW * row + ROW // 2


def _edge(
    edge: Edge, rows: dict[int, int], gutter: int, lane: int | None, is_passed: bool
) -> Markup:
    start, end = _middle(rows[edge.source]), _middle(rows[edge.target])
    if lane is None:
        path = f"M{gutter} {start}V{end}"
    else:
        side = gutter - LANE * (lane + 1)
        turn = 6 if end > start else -6
        path = (
            f"M{gutter} {start}H{side + 6}Q{side} {start} {side} {start + turn}"
            f"V{end - turn}Q{side} {end} {side + 6} {end}H{gutter}"
        )
        if start == end:
            path = f"M{gutter} {start}H{side}"
    returns = "4 3" if end <= start else None
    return element(
        "path", d=path, class_="edge taken" if is_passed else "edge", stroke_dasharray=returns
    )


def _node(flow: Flow, number: int, row: int, gutter: int, passed: Passed) -> Markup:
    node, is_passed = flow.nodes[number], number in passed.nodes
    labels = [edge.label for edge in flow.edges if edge.target == number and edge.label]
    words = " · ".join(dict.fromkeys(labels))
    text = "" if node.kind == "join" else plain(node.text).replace("\n", " ")
    text += "?" if node.kind == "branch" else ""
    short = text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
    before = element("tspan", f"{words}: ", class_="word") if words else None
    kind = f"  {node.kind}" if node.kind not in (text, "join") else ""
    state = " taken" if is_passed else ""
    return element(
        "g",
        element("title", f"{node.text} ({'passed' if is_passed else 'not passed'})"),
        element(
            "circle",
            cx=gutter,
            cy=_middle(row),
            r=3 if node.kind == "join" else 5,
            class_=f"dot{state}",
        ),
        element(
            "text",
            before,
            short,
            element("tspan", kind, class_="word", dx=8),
            x=gutter + 14,
            y=_middle(row) + 4,
            class_=None if is_passed else "dim",
        ),
    )
