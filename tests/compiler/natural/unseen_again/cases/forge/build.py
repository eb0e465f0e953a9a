from __future__ import annotations

import functools
import itertools
import platform
import shutil
import subprocess
import sys
from collections import deque
from typing import Any, Callable, ParamSpec, TypeVar

from dbos import DBOS

P = ParamSpec("P")
R = TypeVar("R")


def counted(function: Callable[P, R]) -> Callable[P, R]:
    calls = 0

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal calls
        calls += 1  # flags: DBS602
        if calls > 100:
            raise RuntimeError("too often")
        return function(*args, **kwargs)

    return wrapper


def traced(label: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            DBOS.logger.info(label)
            return function(*args, **kwargs)

        return wrapper

    return decorate


class Graph:
    def __init__(self, edges: dict[str, list[str]]) -> None:
        self.edges = edges

    def order(self, start: str) -> list[str]:
        seen, waiting, found = set(), deque([start]), []
        while waiting:
            node = waiting.popleft()
            if node in seen:
                continue
            seen.add(node)
            found.append(node)
            waiting.extend(self.edges.get(node, ()))
        return found

    def roots(self) -> set[str]:
        below = set(itertools.chain.from_iterable(self.edges.values()))
        return set(self.edges) - below


@counted
def quoted(name: str) -> str:
    return f'"{name}"'


@traced("flags")
def flags(names: list[str]) -> tuple[str, ...]:
    return tuple(f"-D{quoted(name)}" for name in names)


def tool(name: str) -> str:
    found = shutil.which(name)  # flags: DBS301
    return found or f"/usr/bin/{name}-{platform.machine()}"  # flags: DBS303


@DBOS.step(retries_allowed=True)
def compile_unit(name: str, options: tuple[str, ...]) -> int:
    return subprocess.run([sys.executable, name, *options], check=False).returncode


@DBOS.workflow()
def build(edges: dict[str, list[str]], start: str) -> int:
    graph = Graph(edges)
    return max(compile_unit(name, flags([name])) for name in graph.order(start))


@DBOS.workflow()
def build_roots(edges: dict[str, list[str]]) -> list[int]:
    graph = Graph(edges)
    codes = [compile_unit(root, ()) for root in graph.roots()]  # flags: DBS501
    match sum(codes):
        case 0:
            return codes
        case code if code > 5:
            return [compile_unit(tool("cc"), ())]
        case _:
            return []


@DBOS.workflow()
def describe(edges: dict[str, Any]) -> str:
    roots = Graph(edges).roots()
    return ",".join(sorted(roots)) if "main" in roots else str(len(roots))
