from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Iterator

_local = threading.local()
tenant: ContextVar[str | None] = ContextVar("tenant", default=None)


@contextmanager
def as_tenant(name: str) -> Iterator[None]:
    token = tenant.set(name)  # flags: DBS607
    try:
        yield
    finally:
        tenant.reset(token)  # flags: DBS607


def current() -> str:
    name = tenant.get()  # flags: DBS607
    if name is None:
        raise LookupError("no tenant")
    return name


def request_user() -> str:
    return getattr(_local, "user", "anonymous")  # flags: DBS607
