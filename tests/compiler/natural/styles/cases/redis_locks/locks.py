from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from dbos import DBOS

pool = redis.ConnectionPool.from_url("redis://cache")


def connection() -> redis.Redis:
    return redis.Redis(connection_pool=pool)


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    lock = connection().lock(name, timeout=5)
    lock.acquire()  # flags: DBS202
    try:
        yield
    finally:
        lock.release()  # flags: DBS202


def key(*parts: str) -> str:
    return ":".join(("shop", *parts))


@DBOS.step()
def increment(name: str) -> int:
    with exclusive(name):
        return int(connection().incr(key(name)))


@DBOS.workflow()
def count(name: str) -> int:
    return increment(key(name))


@DBOS.workflow()
def count_exclusively(name: str) -> int:
    with exclusive(name):
        return increment(name)


@DBOS.workflow()
def batch(names: list[str]) -> int:
    with connection().pipeline() as pipe:  # maybe: DBS202
        for name in names:
            pipe.incr(key(name))  # maybe: DBS202
        done = pipe.execute()  # flags: DBS202
    return len(done)
