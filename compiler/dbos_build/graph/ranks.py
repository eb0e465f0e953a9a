"""Ranks: on which level each box stands, and which links lead back up.

In: the number of boxes and the links between them. Out: a `Ranking`: every link that is not `back`
leads to a higher rank. What follows a loop ranks below the whole loop, as people read it.
Never: changes with anything but the order of boxes and links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbos_build.graph.shapes import Link

_LOOP_SEARCHES = 4_000_000
"""How much work is spent on ranking exits below their loops; beyond it they stand beside them."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rank of every box, and the indices of the links that lead back to an earlier one."""

    ranks: tuple[int, ...]
    back: frozenset[int]


def ranked(count: int, links: Sequence[Link]) -> Ranking:
    """Rank `count` boxes; links from a box to itself play no part."""
    followers: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for index, link in enumerate(links):
        if link.source != link.target:
            followers[link.source].append((index, link.target))
    back = _back_links(followers)
    below: list[set[int]] = [set() for _ in range(count)]
    for index, link in enumerate(links):
        if link.source != link.target:
            if index in back:
                below[link.target].add(link.source)
            else:
                below[link.source].add(link.target)
    _push_exits_down(links, back, below)
    return Ranking(tuple(_longest_paths(below)), back)


def _back_links(followers: Sequence[Sequence[tuple[int, int]]]) -> frozenset[int]:
    """The links that close a cycle when everything is visited depth first."""
    back: set[int] = set()
    state = [0] * len(followers)  # 1 while a box is on the path, 2 when it is done.
    for root in range(len(followers)):
        if state[root]:
            continue
        state[root] = 1
        path = [(root, iter(followers[root]))]
        while path:
            box, rest = path[-1]
            for index, target in rest:
                if state[target] == 1:
                    back.add(index)
                elif not state[target]:
                    state[target] = 1
                    path.append((target, iter(followers[target])))
                    break
            else:
                state[box] = 2
                path.pop()
    return frozenset(back)


def _push_exits_down(
    links: Sequence[Link], back: frozenset[int], below: Sequence[set[int]]
) -> None:
    """Add an order between the last boxes of each loop and what follows when the loop is done.

    Ways out of the middle of a loop, an error or a return, stay near to where they leave it.
    """
    before: list[list[int]] = [[] for _ in below]
    after: list[list[int]] = [[] for _ in below]
    for index, link in enumerate(links):
        if link.source != link.target:
            before[link.target].append(link.source)
            if index not in back:
                after[link.source].append(link.target)
    lasts: dict[int, list[int]] = {}
    for index in sorted(back):
        lasts.setdefault(links[index].target, []).append(links[index].source)
    loops = [(_body(before, head, ends), head) for head, ends in lasts.items()]
    spent = 0
    for inside, head in sorted(loops, key=lambda loop: (len(loop[0]), loop[1])):
        for target in sorted(set(after[head]) - inside):
            for last in lasts[head]:
                spent += len(below)
                if spent > _LOOP_SEARCHES:
                    return
                if not _reaches(below, target, last):
                    below[last].add(target)


def _body(before: Sequence[Sequence[int]], head: int, lasts: Sequence[int]) -> set[int]:
    """The boxes of a loop: those that lead back to its head without passing it."""
    found = {head, *lasts}
    waiting = [last for last in lasts if last != head]
    while waiting:
        for each in before[waiting.pop()]:
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def _reaches(below: Sequence[set[int]], start: int, goal: int) -> bool:
    seen = {start}
    waiting = [start]
    while waiting:
        box = waiting.pop()
        if box == goal:
            return True
        fresh = below[box] - seen
        seen |= fresh
        waiting.extend(fresh)
    return False


def _longest_paths(below: Sequence[set[int]]) -> list[int]:
    """For each box, how many boxes stand above it at most."""
    waits_for = [0] * len(below)
    for targets in below:
        for target in targets:
            waits_for[target] += 1
    ranks = [0] * len(below)
    ready = [box for box, waits in enumerate(waits_for) if not waits]
    while ready:
        box = ready.pop()
        for target in below[box]:
            ranks[target] = max(ranks[target], ranks[box] + 1)
            waits_for[target] -= 1
            if not waits_for[target]:
                ready.append(target)
    return ranks
