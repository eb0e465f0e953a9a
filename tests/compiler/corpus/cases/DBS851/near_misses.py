"""Values that can be stored."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from dbos import DBOS


@dataclass
class Order:
    name: str
    amount: Decimal


class Line(NamedTuple):
    name: str


class Options(TypedDict):
    name: str


class State(Enum):
    NEW = "new"


@DBOS.step()
def numbers(count: int) -> list[int]:
    return list(range(count))


@DBOS.step()
def order(name: str) -> Order:
    return Order(name, Decimal(5))


@DBOS.step()
def closed(name: str) -> str:
    with open(name) as file:
        return file.read()


@DBOS.workflow()
def simple(at: datetime, key: UUID, path: Path, data: bytes) -> dict[str, Any]:
    return {"at": at, "key": key, "path": path, "data": data}


@DBOS.step()
def several(line: Line, options: Options, state: State) -> tuple[Line, State] | None:
    return (line, state)


@DBOS.step()
def a_set(names: set[str]) -> frozenset[str]:
    return frozenset(names)


@DBOS.step()
def untyped(name):
    return name


@DBOS.workflow()
def function_inside(name: str) -> str:
    shout = lambda: name.upper()
    return shout()
