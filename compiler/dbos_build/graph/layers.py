"""Layers: boxes and the labels of links in rows, and long links cut at every row they pass.

In: sizes, links and their ranking. Out: `Layers`: items in rows, where an item is a box, a label or
the place at which a link passes a row. Labels stand in rows of their own, so they can never meet a
box. Never: decides an order inside a row; that of the boxes' numbers is the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dbos_build.graph.ranks import Ranking
from dbos_build.graph.shapes import Link, Size

_NOTHING = Size(0, 0)


@dataclass(frozen=True, slots=True)
class Chain:
    """The items between the ends of a link, downwards; for a link back also those beside its ends.

    `label` is the item among them that carries the text.
    """

    items: tuple[int, ...]
    label: int | None


@dataclass(frozen=True, slots=True)
class Layers:
    """Items by their index: the boxes in their order, then everything that stands for links.

    `upper` and `lower` are the neighbours in the rows above and below; `beside` leads from the ends
    of a link back to the box that it belongs to. `chains` has one entry per link, None for a link
    from a box to itself.
    """

    rows: tuple[tuple[int, ...], ...]
    sizes: tuple[Size, ...]
    upper: tuple[tuple[int, ...], ...]
    lower: tuple[tuple[int, ...], ...]
    beside: dict[int, int]
    chains: tuple[Chain | None, ...]
    boxes: int


def layered(sizes: Sequence[Size], links: Sequence[Link], ranking: Ranking) -> Layers:
    """Put everything into rows."""
    work = _Work(sizes, links, ranking)
    chains = [work.chain(index) for index in range(len(links))]
    return Layers(
        rows=tuple(tuple(row) for row in work.rows),
        sizes=tuple(work.sizes),
        upper=tuple(tuple(each) for each in work.upper),
        lower=tuple(tuple(each) for each in work.lower),
        beside=work.beside,
        chains=tuple(chains),
        boxes=len(sizes),
    )


class _Work:
    """The rows while they grow."""

    def __init__(self, sizes: Sequence[Size], links: Sequence[Link], ranking: Ranking) -> None:
        self.links = links
        self.back = ranking.back
        self.sizes = list(sizes)
        self.upper: list[list[int]] = [[] for _ in sizes]
        self.lower: list[list[int]] = [[] for _ in sizes]
        self.beside: dict[int, int] = {}
        label_ranks = {
            self._label_rank(index, ranking)
            for index, link in enumerate(links)
            if link.label is not None and link.source != link.target
        }
        # Twice the rank is the row of boxes, the odd ones between them are for labels.
        kept = sorted({2 * rank for rank in ranking.ranks} | label_ranks)
        number = {doubled: row for row, doubled in enumerate(kept)}
        self.rows: list[list[int]] = [[] for _ in kept]
        self.row_of = [number[2 * rank] for rank in ranking.ranks]
        self.label_row = {
            index: number[self._label_rank(index, ranking)]
            for index, link in enumerate(links)
            if link.label is not None and link.source != link.target
        }
        for box, row in enumerate(self.row_of):
            self.rows[row].append(box)

    def _label_rank(self, index: int, ranking: Ranking) -> int:
        """Labels stand next to where their link begins."""
        rank = 2 * ranking.ranks[self.links[index].source]
        return rank - 1 if index in self.back else rank + 1

    def chain(self, index: int) -> Chain | None:
        """Make the items of a link and connect them."""
        link = self.links[index]
        if link.source == link.target:
            return None
        is_back = index in self.back
        top, bottom = (link.target, link.source) if is_back else (link.source, link.target)
        first, last = self.row_of[top], self.row_of[bottom]
        between = range(first, last + 1) if is_back else range(first + 1, last)
        items = []
        label = None
        for row in between:
            carries = link.label is not None and row == self.label_row[index]
            item = self._item(row, link.label if carries and link.label else _NOTHING)
            label = item if carries else label
            items.append(item)
        whole = items if is_back else [top, *items, bottom]
        for above, under in pairwise(whole):
            self.lower[above].append(under)
            self.upper[under].append(above)
        if is_back:
            self.beside[items[0]] = top
            self.beside[items[-1]] = bottom
        return Chain(tuple(items), label)

    def _item(self, row: int, size: Size) -> int:
        item = len(self.sizes)
        self.sizes.append(size)
        self.upper.append([])
        self.lower.append([])
        self.rows[row].append(item)
        return item
