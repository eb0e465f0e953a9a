"""A stand-in for the runtime's types, so that mypy need not read all of SQLAlchemy in each test."""
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

class DBOS:
    @classmethod
    def workflow(cls, *, name: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
    @classmethod
    def step(cls, *, name: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
