"""Careful code that looks suspicious: own `now`, `random`, `open`, `get`, `time` that are pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Iterator


class time:
    """A length of time, not the module."""

    @staticmethod
    def sleep(seconds: float) -> float:
        return seconds


@dataclass
class Clock:
    """A clock that is told what time it is."""

    current: datetime

    def now(self) -> datetime:
        return self.current

    def advance(self, **kwargs: float) -> None:
        self.current += timedelta(**kwargs)


class Session:
    """An in-memory session with the method names of a database."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.committed = False

    def execute(self, row: dict[str, Any]) -> int:
        self.rows.append(row)
        return len(self.rows)

    def commit(self) -> None:
        self.committed = True

    def query(self, **criteria: Any) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            if all(row.get(key) == value for key, value in criteria.items()):
                yield row


class Client:
    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []

    def get(self, url: str) -> str:
        return url.upper()

    def post(self, url: str, body: str) -> None:
        self.posts.append((url, body))


@dataclass
class Shelf:
    books: list[str] = field(default_factory=list)

    def open(self, name: str) -> str:
        return f"open {name}"

    def random(self) -> str:
        return self.books[0] if self.books else ""


def uuid4() -> str:
    return "fixed"


def input(prompt: str) -> str:
    return prompt
