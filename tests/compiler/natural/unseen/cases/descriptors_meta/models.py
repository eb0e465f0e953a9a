from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar, overload


class Field:
    """A typed attribute kept in the instance's values."""

    def __init__(self, kind: type = str, default: Callable[[], Any] | None = None) -> None:
        self.kind = kind
        self.default = default
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Model | None, owner: type) -> Any:
        if instance is None:
            return self
        if self.name not in instance.values and self.default is not None:
            instance.values[self.name] = self.default()
        return instance.values.get(self.name)

    def __set__(self, instance: Model, value: Any) -> None:
        instance.values[self.name] = self.kind(value)


class Registering(type):
    known: ClassVar[dict[str, type]] = {}

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        made = super().__new__(mcs, name, bases, body)
        mcs.known[name.lower()] = made
        return made

    def __iter__(cls) -> Iterator[str]:
        return (name for name, value in vars(cls).items() if isinstance(value, Field))

    def blank(cls) -> Any:
        return cls(code=str(uuid.uuid1()))  # flags: DBS104


class Model(metaclass=Registering):
    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = {}
        for name, value in values.items():
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("is_"):
            return self.values.get("kind") == name.removeprefix("is_")
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.values})"


class Stamped:
    @property
    def age(self) -> float:
        return (datetime.now() - self.created).total_seconds()  # flags: DBS001

    created: datetime


class Device(Stamped, Model):
    code = Field()
    kind = Field(default=lambda: "sensor")
    serial = Field(default=lambda: uuid.uuid4().hex)  # flags: DBS104
    slots = Field(int)
