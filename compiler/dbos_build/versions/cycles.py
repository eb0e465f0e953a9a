"""Strongly connected components: which elements refer to each other.

In: a graph. Out: its components, each after those it refers to.
Never: recurses; closures are as deep as the user's code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node")


def components(graph: Mapping[Node, Sequence[Node]]) -> Iterator[list[Node]]:
    """Yield the components of a graph, targets first (Tarjan's algorithm with its own stack).

    Every target must be a node of the graph.
    """
    order: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    waiting: list[Node] = []
    is_waiting: set[Node] = set()
    for start in graph:
        if start in order:
            continue
        work: list[tuple[Node, int]] = [(start, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                order[node] = lowest[node] = len(order)
                waiting.append(node)
                is_waiting.add(node)
            descended = False
            targets = graph[node]
            for index in range(position, len(targets)):
                target = targets[index]
                if target not in order:
                    work.append((node, index + 1))
                    work.append((target, 0))
                    descended = True
                    break
                if target in is_waiting:
                    lowest[node] = min(lowest[node], order[target])
            if descended:
                continue
            if work:
                parent = work[-1][0]
                lowest[parent] = min(lowest[parent], lowest[node])
            if lowest[node] == order[node]:
                yield _popped(node, waiting, is_waiting)


def _popped(root: Node, waiting: list[Node], is_waiting: set[Node]) -> list[Node]:
    """The members of the component that `root` is the first of."""
    members: list[Node] = []
    while True:
        node = waiting.pop()
        is_waiting.discard(node)
        members.append(node)
        if node == root:
            return members
