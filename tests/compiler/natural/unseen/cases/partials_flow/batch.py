from __future__ import annotations

import operator
import os
import time
from concurrent.futures import as_completed
from functools import partial, partialmethod
from itertools import repeat
from typing import Any, Callable, Protocol

from dbos import DBOS, Queue

queue = Queue("batch")


class Step(Protocol):
    def __call__(self, item: str) -> str: ...


@DBOS.step()
def resize(item: str, width: int = 100) -> str:
    return f"{item}@{width}"


@DBOS.step()
def upload(item: str) -> str:
    return item


@DBOS.workflow()
def convert(item: str, width: int) -> str:
    return resize(item, width)


def compose(*functions: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def composed(value: Any) -> Any:
        for function in functions:
            value = function(value)
        return value

    return composed


def tag(item: str, *, at: float) -> str:
    return f"{item}#{at}"


def named_by_process(item: str) -> str:
    return f"{os.getpid()}-{item}"  # flags: DBS303


thumbnail = partial(resize, width=64)
publish = compose(thumbnail, str.upper, upload)
publish_here = compose(named_by_process, thumbnail)
PIPELINES: dict[str, list[Step]] = {"small": [thumbnail, upload], "here": [named_by_process, upload]}


class Batch:
    def __init__(self, items: list[str]) -> None:
        self.items = items

    def _each(self, function: Callable[[str], str]) -> list[str]:
        return [function(item) for item in self.items]

    upload_all = partialmethod(_each, upload)
    resize_all = partialmethod(_each, thumbnail)


@DBOS.workflow()
def small(items: list[str]) -> list[str]:
    return [*map(publish, items), *Batch(items).upload_all()]


@DBOS.workflow()
def here(items: list[str]) -> list[str]:
    return list(map(publish_here, items))


@DBOS.workflow()
def piped(kind: str, item: str) -> str:
    for function in PIPELINES[kind]:
        item = function(item)
    return item


@DBOS.workflow()
def tagged(items: list[str]) -> list[str]:
    now = partial(tag, at=time.time())  # flags: DBS001
    fixed = partial(tag, at=0.0)
    method = operator.methodcaller("strip")
    return [upload(now(item)) for item in items] + list(map(upload, map(fixed, map(method, items))))


@DBOS.workflow()
def fanned(items: list[str]) -> list[str]:
    handles = list(map(partial(queue.enqueue, convert), items, repeat(10)))
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def started(items: list[str]) -> list[str]:
    start = partial(DBOS.start_workflow, convert, width=20)
    return [handle.get_result() for handle in map(start, items)]


@DBOS.step()
def quick(items: list[str]) -> list[str]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(named_by_process, item) for item in items]
        return [future.result() for future in as_completed(futures)]
