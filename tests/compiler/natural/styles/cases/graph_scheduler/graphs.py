from __future__ import annotations

import heapq
from collections import Counter, OrderedDict, defaultdict
from graphlib import TopologicalSorter

import networkx as nx
from dbos import DBOS


@DBOS.step()
def run(name: str) -> str:
    return name


@DBOS.workflow()
def in_order(edges: dict[str, list[str]]) -> list[str]:
    return [run(name) for name in TopologicalSorter(edges).static_order()]


@DBOS.workflow()
def unordered(edges: list[tuple[str, str]]) -> list[str]:
    nodes = {start for start, _ in edges} | {end for _, end in edges}
    return [run(node) for node in nodes]  # flags: DBS501


@DBOS.workflow()
def waves(edges: dict[str, set[str]]) -> int:
    waiting = defaultdict(set, edges)
    done: set[str] = set()
    count = 0
    while waiting:
        ready = sorted(name for name, needs in waiting.items() if needs <= done)
        if not ready:
            break
        for name in ready:
            run(name)
            del waiting[name]
        done.update(ready)
        count += 1
    return count


@DBOS.workflow()
def roots(edges: dict[str, set[str]]) -> str:
    targets: set[str] = set().union(*edges.values())
    starts = edges.keys() - targets
    return run(next(iter(starts)))  # flags: DBS502


@DBOS.workflow()
def cheapest(costs: dict[str, int]) -> list[str]:
    heap = [(cost, name) for name, cost in costs.items()]
    heapq.heapify(heap)
    return [run(heapq.heappop(heap)[1]) for _ in range(len(heap))]


@DBOS.workflow()
def common(left: list[str], right: list[str]) -> str:
    both = set(left) & set(right)
    if "x" in both and len(both) > 1:
        run(",".join(sorted(both)))
    return run(",".join(both))  # flags: DBS501


@DBOS.workflow()
def unique(names: list[str]) -> list[str]:
    ordered = list(dict.fromkeys(names)) + list(OrderedDict.fromkeys(names))
    top = Counter(ordered).most_common(1)
    return [run(name) for name, _ in top]


@DBOS.workflow()
def largest(names: list[str]) -> str:
    return run(max({name.lower() for name in names}))


@DBOS.workflow()
def handed_on(names: list[str]) -> list[str]:
    unique_names = frozenset(names)
    return gathered(list(unique_names))  # flags: DBS505


@DBOS.step()
def gathered(names: list[str]) -> list[str]:
    return names


@DBOS.workflow()
def path(edges: list[tuple[str, str]], start: str, end: str) -> list[str]:
    graph = nx.DiGraph()
    graph.add_edges_from(edges)
    return [run(node) for node in nx.shortest_path(graph, start, end)]
