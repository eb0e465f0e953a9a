"""Runs with and without dbos."""

from __future__ import annotations

from typing import Any, Callable

try:
    from dbos import DBOS

    HAVE_DBOS = True
except ImportError:
    DBOS = None  # type: ignore
    HAVE_DBOS = False


def workflow() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    if DBOS is not None:
        return DBOS.workflow()

    def identity(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    return identity


def step(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    if not HAVE_DBOS:
        return lambda function: function
    return DBOS.step(**options)
