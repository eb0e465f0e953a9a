from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from dbos import DBOS
from redis import Redis
from surveyors.cachekit import cached

redis = Redis()


@contextmanager
def locked(name: str) -> Iterator[None]:
    lock = redis.lock(name)
    lock.acquire()  # flags: DBS202
    try:
        yield
    finally:
        lock.release()  # flags: DBS202


@DBOS.step()
def tile(x: int, y: int) -> bytes:
    return b""


@cached(ttl=60)
def style(name: str) -> dict[str, str]:
    return {"name": name}


@DBOS.workflow()
def draw(x: int, y: int) -> int:
    with ExitStack() as stack:
        stack.enter_context(locked(f"{x}/{y}"))
        look = style("plain")
        return len(tile(x, y)) + len(look)
