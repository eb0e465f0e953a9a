from __future__ import annotations

import functools
import time
import uuid
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def timed(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        start = time.perf_counter()  # flags: DBS002
        try:
            return function(*args, **kwargs)
        finally:
            print(time.perf_counter() - start)  # flags: DBS002

    return inner


def checked(limit: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            if len(args) > limit:
                raise ValueError("too many")
            return function(*args, **kwargs)

        return inner

    return decorate


def with_request_id(function: Callable[Concatenate[str, P], R]) -> Callable[P, R]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(uuid.uuid4().hex, *args, **kwargs)  # flags: DBS104

    return inner


class Memo:
    """A decorator that is an object."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1  # flags: DBS602
        return self.function(*args, **kwargs)


def forward(function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    return function(*args, **kwargs)


def compose(*functions: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: functools.reduce(lambda done, each: each(done), functions, value)
