from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

import httpx
from dbos import DBOS

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Ok(Generic[T]):
    value: T

    def then(self, function: Callable[[T], U]) -> Ok[U]:
        return Ok(function(self.value))


class Maybe(Generic[T]):
    def __init__(self, value: T | None) -> None:
        self._value = value

    def map(self, function: Callable[[T], U]) -> Maybe[U]:
        return Maybe(None if self._value is None else function(self._value))

    def or_else(self, default: T) -> T:
        return default if self._value is None else self._value


class Query:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.http = httpx.Client()

    def where(self, part: str) -> Self:
        self.parts.append(part)
        return self

    def text(self) -> str:
        return " and ".join(self.parts)

    def run(self) -> list[str]:
        return self.http.post("/query", content=self.text()).json()  # flags: DBS202


def jitter(value: int) -> int:
    return value + random.randint(0, 3)  # flags: DBS101


@DBOS.step()
def query(text: str) -> list[str]:
    return Query().where(text).run()


@DBOS.workflow()
def clean(name: str) -> int:
    text = Query().where(f"name = {name!r}").where("age > 3").text()
    found = Ok(query(text)).then(len).then(lambda count: count + 1)
    return Maybe(found.value).map(abs).or_else(0)


@DBOS.workflow()
def jittered(count: int) -> int:
    return Ok(count).then(jitter).value + Maybe(count).map(jitter).or_else(0)


@DBOS.workflow()
def asked(name: str) -> int:
    return len(Query().where(name).where("x").run())
