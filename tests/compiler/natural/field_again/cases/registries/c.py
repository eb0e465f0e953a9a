from __future__ import annotations

import os
import socket
from typing import Any, Callable, ClassVar

from dbos import DBOS


class Stage:
    registry: ClassVar[dict[str, type[Stage]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Stage.registry[cls.__name__.lower()] = cls

    def run(self, data: dict) -> dict:
        raise NotImplementedError


class Host(Stage):
    def run(self, data: dict) -> dict:
        return {**data, "host": socket.gethostname()}  # flags: DBS303


class Upper(Stage):
    def run(self, data: dict) -> dict:
        return {key: str(value).upper() for key, value in data.items()}


FILTERS: list[Callable[[dict], dict]] = []


def add_filter(function: Callable[[dict], dict]) -> Callable[[dict], dict]:
    FILTERS.append(function)
    return function


@add_filter
def with_user(data: dict) -> dict:
    return data | {"user": os.getlogin()}  # flags: DBS303


@add_filter
def without_empty(data: dict) -> dict:
    return {key: value for key, value in data.items() if value}


@DBOS.step()
def store(data: dict) -> None:
    print(data)


@DBOS.workflow()
def pipeline(names: list[str], data: dict) -> dict:
    for name in names:
        data = Stage.registry[name]().run(data)
    for each in FILTERS:
        data = each(data)
    store(data)
    return data
