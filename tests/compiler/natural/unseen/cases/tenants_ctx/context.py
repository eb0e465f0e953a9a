from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass

import structlog


@dataclass(frozen=True, slots=True)
class Tenant:
    name: str
    region: str = "eu"

    def schema(self) -> str:
        return f"{self.region}_{self.name}"


_tenant: ContextVar[Tenant] = ContextVar("tenant", default=Tenant("public"))
_local = threading.local()
log = structlog.get_logger(__name__)


def current() -> Tenant:
    return _tenant.get()  # flags: DBS607


@contextmanager
def acting_as(tenant: Tenant) -> Iterator[Tenant]:
    token: Token[Tenant] = _tenant.set(tenant)  # flags: DBS607
    try:
        yield tenant
    finally:
        _tenant.reset(token)  # maybe: DBS607


def depth() -> int:
    return getattr(_local, "depth", 0)  # flags: DBS607
