"""Where items stand in their rows: long links straight, boxes in the middle of what they lead to.

In: `Layers` in their final order. Out: the x of the middle of each item. The method is that of
Brandes and Köpf: items are joined to vertical blocks in four ways (towards the rows above or below,
leaning left or right), each is packed as tightly as the room of the items allows, and the middle of
the four is taken. Never: lets two items of a row come nearer than their room; the middle of four
arrangements that keep an order and its distances keeps them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dbos_build.graph.layers import Layers

_BOX_GAP = 36.0
_LINK_GAP = 22.0

Rows = Sequence[Sequence[int]]


def placed(layers: Layers) -> list[float]:
    """The x of the middle of every item; the left-most edge lies at 0."""
    crossed = _crossed_by_long_links(layers)
    found = []
    for down in (True, False):
        for left in (True, False):
            found.append(_one_way(layers, crossed, down=down, left=left))
    narrowest = min(found, key=lambda xs: _width(layers, xs))
    low, high = _extent(layers, narrowest)
    for number, xs in enumerate(found):
        own_low, own_high = _extent(layers, xs)
        shift = low - own_low if number % 2 == 0 else high - own_high
        found[number] = [x + shift for x in xs]
    middles = []
    for four in zip(*found, strict=True):
        ordered = sorted(four)
        middles.append((ordered[1] + ordered[2]) / 2)
    start = _extent(layers, middles)[0]
    return [x - start for x in middles]


def distance(layers: Layers, left: int, right: int) -> float:
    """How far the middles of two neighbours must be apart."""
    room = (layers.sizes[left].width + layers.sizes[right].width) / 2
    both_links = left >= layers.boxes and right >= layers.boxes
    return room + (_LINK_GAP if both_links else _BOX_GAP)


def _extent(layers: Layers, xs: Sequence[float]) -> tuple[float, float]:
    """The left-most and the right-most edge."""
    low = min(x - size.width / 2 for x, size in zip(xs, layers.sizes, strict=True))
    return low, max(x + size.width / 2 for x, size in zip(xs, layers.sizes, strict=True))


def _width(layers: Layers, xs: Sequence[float]) -> float:
    low, high = _extent(layers, xs)
    return high - low


def _crossed_by_long_links(layers: Layers) -> frozenset[tuple[int, int]]:
    """The connections that cross the inner part of a long link: they are not to be straight."""
    crossed = set()
    for above, under in pairwise(layers.rows):
        place = {item: number for number, item in enumerate(above)}
        first = scanned = 0
        for number, item in enumerate(under):
            inner = _inner_end(layers, item)
            last = len(above) if inner is None else place[inner]
            if inner is None and number + 1 < len(under):
                continue
            for each in under[scanned : number + 1]:
                for neighbour in layers.upper[each]:
                    if not first <= place[neighbour] <= last and not _is_inner(
                        layers, neighbour, each
                    ):
                        crossed.add((neighbour, each))
            scanned = number + 1
            first = last
    return frozenset(crossed)


def _is_inner(layers: Layers, above: int, under: int) -> bool:
    return above >= layers.boxes and under >= layers.boxes


def _inner_end(layers: Layers, item: int) -> int | None:
    """The upper end of the inner part of a long link, when `item` is its lower end."""
    if item < layers.boxes:
        return None
    return next((each for each in layers.upper[item] if each >= layers.boxes), None)


def _one_way(
    layers: Layers, crossed: frozenset[tuple[int, int]], *, down: bool, left: bool
) -> list[float]:
    """One of the four arrangements."""
    rows: list[Sequence[int]] = [row if left else row[::-1] for row in layers.rows]
    if not down:
        rows.reverse()
    towards = layers.upper if down else layers.lower
    roots = list(range(len(layers.sizes)))
    joined = [False] * len(layers.sizes)  # Whether something further on continues its block.
    for before, row in pairwise(rows):
        place = {item: number for number, item in enumerate(before)}
        last = -1
        for item in row:
            neighbours = sorted(towards[item], key=place.__getitem__)
            half = len(neighbours) // 2
            middle = neighbours[half - 1 + len(neighbours) % 2 : half + 1]
            for each in middle:
                pair = (each, item) if down else (item, each)
                if place[each] > last and not joined[each] and pair not in crossed:
                    roots[item] = roots[each]
                    joined[each] = True
                    last = place[each]
                    break
    xs = _packed(layers, rows, roots)
    return xs if left else [-x for x in xs]


def _packed(layers: Layers, rows: Rows, roots: Sequence[int]) -> list[float]:
    """Blocks as far left as they can be, then drawn towards what stands right of them."""
    after: dict[int, dict[int, float]] = {root: {} for root in roots}
    for row in rows:
        for one, other in pairwise(row):
            apart = distance(layers, one, other)
            known = after[roots[one]]
            known[roots[other]] = max(known.get(roots[other], 0), apart)
    order = _topological(after)
    xs = dict.fromkeys(after, 0.0)
    for root in order:
        for other, apart in after[root].items():
            xs[other] = max(xs[other], xs[root] + apart)
    for root in reversed(order):
        if after[root]:
            xs[root] = max(xs[root], min(xs[other] - apart for other, apart in after[root].items()))
    return [xs[root] for root in roots]


def _topological(after: dict[int, dict[int, float]]) -> list[int]:
    """The blocks, each behind all that stand left of it."""
    waits_for = dict.fromkeys(after, 0)
    for others in after.values():
        for other in others:
            waits_for[other] += 1
    order = [root for root, waits in waits_for.items() if not waits]
    for root in order:
        for other in after[root]:
            waits_for[other] -= 1
            if not waits_for[other]:
                order.append(other)
    return order
