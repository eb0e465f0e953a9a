"""Iteration orders and identities."""

from __future__ import annotations

import glob
from collections.abc import Iterable

from dbos import DBOS

ROLES = frozenset({"admin", "user"})


class Graph:
    def __init__(self, edges: Iterable[tuple[str, str]]) -> None:
        self.nodes: set[str] = set()
        self.edges = list(edges)
        for left, right in self.edges:
            self.nodes |= {left, right}

    def roots(self) -> list[str]:
        return [node for node in self.nodes if all(r != node for _, r in self.edges)]  # flags: DBS501

    def size(self) -> int:
        return len(self.nodes)


@DBOS.step()
def visit(node: str) -> None:
    print(node)


@DBOS.workflow()
def walk(edges: list[tuple[str, str]]) -> int:
    graph = Graph(edges)
    for root in graph.roots():
        visit(root)
    return graph.size()


@DBOS.workflow()
def walk_sorted(edges: list[tuple[str, str]]) -> int:
    graph = Graph(edges)
    for root in sorted(graph.nodes):
        visit(root)
    return graph.size()


@DBOS.workflow()
def unpacked() -> str:
    first, *_ = ROLES  # flags: DBS502
    visit(first)
    return first


@DBOS.workflow()
def files(pattern: str) -> None:
    for path in glob.glob(pattern):  # flags: DBS203 DBS504
        visit(path)


@DBOS.workflow()
def by_type(values: list[object]) -> list[str]:
    kinds = {type(value) for value in values}
    return sorted(kind.__name__ for kind in kinds)


@DBOS.workflow()
def popped(names: list[str]) -> None:
    waiting = set(names)
    while waiting:
        visit(waiting.pop())  # flags: DBS502
