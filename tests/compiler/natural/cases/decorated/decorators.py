"""Decorators of the project."""

from __future__ import annotations

import functools
import time
from typing import Any, Callable, ParamSpec, TypeVar

from dbos import DBOS

P = ParamSpec("P")
R = TypeVar("R")


def timed(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        started = time.perf_counter()  # flags: DBS002
        try:
            return function(*args, **kwargs)
        finally:
            DBOS.logger.info("%s took %.3f", function.__name__, time.perf_counter() - started)  # flags: DBS002

    return wrapper


def retry(times: int = 3) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            last: Exception | None = None
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except ValueError as error:
                    last = error
            assert last is not None
            raise last

        return wrapper

    return decorate


def durable(name: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Our spelling of DBOS.workflow()."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        return DBOS.workflow(name=name)(function)

    return decorate


def activity(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        return DBOS.step(retries_allowed=True, **options)(function)

    return decorate


def audited(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with open("audit.log", "a") as log:  # flags: DBS203
            log.write(function.__name__)
        return function(*args, **kwargs)

    return wrapper
