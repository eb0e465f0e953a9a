"""Context variables and thread locals: a recovered workflow has another context."""

import threading
from contextvars import ContextVar
from threading import local

from dbos import DBOS

user: ContextVar[str] = ContextVar("user", default="nobody")
tenant: ContextVar[str] = ContextVar("tenant", default="none")
session = threading.local()
session.name = "start"
scratch = local()
scratch.depth = 0


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def log_in(name: str = "alice") -> None:
    user.set(name)
    tenant.set("shop")
    session.name = name
    scratch.depth = 5


OTHER_PARTS = (log_in,)


def current_user() -> str:
    return user.get()  # flags: DBS607:warning


class Request:
    @property
    def tenant(self) -> str:
        return tenant.get("none")  # flags: DBS607:warning


@DBOS.workflow()
def by_user(name: str) -> str:
    save(name, user.get())  # flags: DBS607:warning
    return name


@DBOS.workflow()
def by_helper(name: str) -> str:
    if current_user() == "nobody":
        return "denied"
    save(name, "welcome")
    return name


@DBOS.workflow()
def by_property(name: str) -> str:
    save(name, Request().tenant)
    return name


@DBOS.workflow()
def by_thread(name: str) -> str:
    save(name, session.name)  # flags: DBS607:warning
    return name


@DBOS.workflow()
def nested_depth(name: str) -> int:
    depth = scratch.depth  # flags: DBS607:warning
    save(name, depth)
    return depth


@DBOS.workflow()
def with_default(name: str) -> str:
    who = user.get("guest")  # flags: DBS607:warning
    save(name, who)
    return who
