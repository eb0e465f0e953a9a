"""The order of items inside their rows, with few crossings.

In: `Layers`. Out: the rows in another order. Medians of neighbours, swept down and up, then
exchanges of neighbours; the best order seen is kept. Never: moves an item to another row; looks at
anything random, so the same graph has the same picture everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from dbos_build.graph.layers import Layers

_SWEEPS = 12
_MOST_WORK = 3_000_000
"""Roughly how many comparisons are spent; a picture nobody can read is not worth more."""

Rows = list[list[int]]


def ordered(layers: Layers) -> Layers:
    """The same layers with their rows in a good order.

    Links back run on the left of what they repeat or on its right, whichever crosses less.
    """
    rows, _ = min(
        (_improved(layers, _first_order(layers, on_left=on_left)) for on_left in (True, False)),
        key=lambda found: found[1],
    )
    return replace(layers, rows=tuple(tuple(row) for row in rows))


def _improved(layers: Layers, rows: Rows) -> tuple[Rows, int]:
    """The best order that sweeps find from a first one, and what it costs."""
    best = [list(row) for row in rows]
    least = _cost(layers, rows)
    work = sum(len(each) for each in layers.lower) + len(layers.sizes)
    for sweep in range(min(_SWEEPS, max(2, _MOST_WORK // (20 * work + 1)))):
        if not least:
            break
        _sweep(layers, rows, downwards=sweep % 2 == 0)
        _exchange(layers, rows)
        cost = _cost(layers, rows)
        if cost < least:
            least = cost
            best = [list(row) for row in rows]
    return best, least


def _first_order(layers: Layers, *, on_left: bool) -> Rows:
    """Items in the order in which a walk down from the first box meets them."""
    row_of = {item: number for number, row in enumerate(layers.rows) for item in row}
    ends = _ends(layers, longest_first=on_left)
    rows: Rows = [[] for _ in layers.rows]
    seen: set[int] = set()
    for root in range(len(layers.sizes)):
        waiting = [root]
        while waiting:
            item = waiting.pop()
            if item in seen:
                continue
            beside = [each for each in ends.get(item, ()) if each not in seen]
            seen.update((item, *beside))
            met = (*beside, item) if on_left else (item, *beside)
            rows[row_of[item]].extend(met)
            # What is met first is followed first: the last on the stack.
            waiting.extend(
                under for each in reversed(met) for under in reversed(layers.lower[each])
            )
    return rows


def _ends(layers: Layers, *, longest_first: bool) -> dict[int, list[int]]:
    """The ends of links back beside each box, so that longer links run outside of shorter ones."""
    back = [
        each.items
        for each in layers.chains
        if each and each.items[-1:] and each.items[-1] in layers.beside
    ]
    ends: dict[int, list[int]] = {}
    for items in sorted(back, key=len, reverse=longest_first):
        for item in dict.fromkeys((items[0], items[-1])):
            ends.setdefault(layers.beside[item], []).append(item)
    return ends


def _sweep(layers: Layers, rows: Rows, *, downwards: bool) -> None:
    """Put each row in the order of the medians of its neighbours in the row before."""
    numbers = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
    towards = layers.upper if downwards else layers.lower
    for number in numbers:
        before = {item: i for i, item in enumerate(rows[number - 1 if downwards else number + 1])}
        row = rows[number]
        wanted: dict[int, float] = {}
        for item in row:
            middle = _median(sorted(before[each] for each in towards[item]))
            if middle is not None:
                wanted[item] = middle
        movable = sorted((item for item in row if item in wanted), key=wanted.__getitem__)
        rest = iter(movable)
        row[:] = [next(rest) if item in wanted else item for item in row]


def _median(places: Sequence[int]) -> float | None:
    """The middle of some places, nearer to the side on which they are dense."""
    if not places:
        return None
    half = len(places) // 2
    if len(places) % 2:
        return places[half]
    if len(places) == 2:
        return (places[0] + places[1]) / 2
    left = places[half - 1] - places[0]
    right = places[-1] - places[half]
    if not left + right:
        return (places[half - 1] + places[half]) / 2
    return (places[half - 1] * right + places[half] * left) / (left + right)


def _exchange(layers: Layers, rows: Rows) -> None:
    """Exchange neighbours in a row as long as that leaves fewer crossings."""
    for _ in range(4):
        improved = False
        for number, row in enumerate(rows):
            above = _places(rows[number - 1]) if number else {}
            under = _places(rows[number + 1]) if number + 1 < len(rows) else {}
            place = _places(row)
            for left in range(len(row) - 1):
                one, other = row[left], row[left + 1]
                gain = _gain(layers.upper[one], layers.upper[other], above)
                gain += _gain(layers.lower[one], layers.lower[other], under)
                gain += _nearer(layers, one, other, place)
                if gain > 0:
                    row[left], row[left + 1] = other, one
                    place[one], place[other] = left + 1, left
                    improved = True
        if not improved:
            return


def _gain(one: Sequence[int], other: Sequence[int], place: dict[int, int]) -> int:
    """How many crossings fewer there are when `other` stands before `one`."""
    gain = 0
    for each in one:
        for another in other:
            if place[each] > place[another]:
                gain += 1
            elif place[each] < place[another]:
                gain -= 1
    return gain


def _nearer(layers: Layers, one: int, other: int, place: dict[int, int]) -> int:
    """How much nearer ends of links back come to their boxes by an exchange.

    Such a link turns round beside its box, so whatever stands between them would be crossed.
    """
    gain = 0
    for item, step, neighbour in ((one, 1, other), (other, -1, one)):
        box = layers.beside.get(item)
        if box is None or box == neighbour:
            continue
        gain += 1 if (place[box] - place[item]) * step > 0 else -1
    return gain


def _cost(layers: Layers, rows: Rows) -> int:
    """Crossings between rows, and what stands between links back and their boxes."""
    cost = 0
    for above, under in pairwise(rows):
        place = _places(under)
        cost += _inversions(
            [at for item in above for at in sorted(place[each] for each in layers.lower[item])],
            len(under),
        )
    for row in rows:
        place = _places(row)
        cost += sum(
            abs(place[item] - place[layers.beside[item]]) - 1
            for item in row
            if item in layers.beside
        )
    return cost


def _inversions(places: Sequence[int], size: int) -> int:
    """How many pairs stand in the wrong order, counted with a tree of sums."""
    tree = [0] * (size + 1)
    found = 0
    for seen, place in enumerate(places):
        index = place + 1
        smaller_or_equal = 0
        while index:
            smaller_or_equal += tree[index]
            index &= index - 1
        found += seen - smaller_or_equal
        index = place + 1
        while index <= size:
            tree[index] += 1
            index += index & -index
    return found


def _places(row: Sequence[int]) -> dict[int, int]:
    return {item: place for place, item in enumerate(row)}
