"""Workflows as methods: of instances, of classes, static and inherited; and a name twice."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from dbos import DBOS, DBOSConfiguredInstance


class Order:
    """Not the one of the models."""


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@DBOS.workflow(name="classes.untyped")
def untyped(order: Order) -> None:
    return None


@DBOS.workflow()
@traced
def wrapped(order: Order, count: int = 2) -> bool:
    return True


class Base(DBOSConfiguredInstance):
    @DBOS.workflow()
    def shared(self, set: set[int]) -> str:
        return self.config_name


@DBOS.dbos_class()
class Shop(Base):
    class Ticket:
        pass

    @DBOS.workflow()
    def open(self, hour: int, ticket: Ticket | None = None) -> str:
        return f"{self.config_name} {hour}"

    @classmethod
    @DBOS.workflow()
    def audit(cls, day: str = "today", /) -> str:
        return cls.__name__ + day

    @staticmethod
    @DBOS.workflow()
    def plain(day: str) -> str:
        return day

    @DBOS.workflow()
    def registry(self) -> None:
        return None

    @DBOS.workflow()
    def zone(self) -> None:
        return None


@DBOS.dbos_class("the kiosk")
class Kiosk(Base):
    pass


class Tools:
    @staticmethod
    @DBOS.workflow()
    def sharpen(blade: str) -> None:
        return None

    @DBOS.workflow()
    def nobody_finds_this(self) -> None:
        return None
