"""A small model layer: descriptors, a registering metaclass, mixins."""

from __future__ import annotations

import datetime as dt
import socket
from typing import Any, ClassVar


class Positive:
    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = f"_{name}"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else getattr(instance, self.slot)

    def __set__(self, instance: Any, value: int) -> None:
        if value <= 0:
            raise ValueError(self.slot)
        setattr(instance, self.slot, value)


class Stamp:
    """Whoever reads the attribute gets the time of the reading."""

    def __get__(self, instance: Any, owner: type | None = None) -> str:
        return dt.datetime.now(dt.UTC).isoformat()  # flags: DBS001


class Registry(type):
    known: ClassVar[dict[str, type]] = {}

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        made = super().__new__(mcs, name, bases, body)
        mcs.known[name.lower()] = made
        return made


class Handler(metaclass=Registry):
    def run(self, text: str) -> str:
        raise NotImplementedError


class Shout(Handler):
    def run(self, text: str) -> str:
        return text.upper()


class Trace(Handler):
    def run(self, text: str) -> str:
        return f"{socket.gethostname()} {text}"  # flags: DBS303


class AuditMixin:
    read_at = Stamp()

    def audit(self) -> str:
        return f"{type(self).__name__} {self.read_at}"


class Plugin:
    names: ClassVar[list[str]] = []

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        Plugin.names.append(cls.__name__)


class Csv(Plugin):
    pass
