import threading
from contextvars import ContextVar

current = ContextVar("current")
_local = threading.local()


def tenant() -> str:
    return current.get("none")  # flags: DBS607


def legacy_tenant() -> str:
    return getattr(_local, "tenant", "none")  # flags: DBS607


class Tenant:
    registry: dict[str, "Tenant"] = {}

    def __init__(self, name: str) -> None:
        self.name = name
        Tenant.registry[name] = self  # flags: DBS602
