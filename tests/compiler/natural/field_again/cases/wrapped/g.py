"""Durable functions made in unusual ways."""

from __future__ import annotations

import functools
import time
import uuid
from typing import Any, Callable, TypeVar

from dbos import DBOS

F = TypeVar("F", bound=Callable[..., Any])
USE_DBOS = True

if USE_DBOS:
    workflow = DBOS.workflow()
    step = DBOS.step()
else:
    def workflow(function: F) -> F:
        return function

    step = workflow


def logged(function: F) -> F:
    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        DBOS.logger.info("call %s", function.__name__)
        return function(*args, **kwargs)

    return inner  # type: ignore[return-value]


def stamped(function: F) -> F:
    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return {"at": time.time(), "value": function(*args, **kwargs)}  # flags: DBS001

    return inner  # type: ignore[return-value]


@step
@logged
def charge(order: str) -> str:
    return f"{order}-{uuid.uuid4()}"


@workflow
@logged
@stamped
def checkout(order: str) -> str:
    return charge(order)


@workflow
@logged
def refund(order: str) -> str:
    return charge(order)


class Flows:
    @staticmethod
    @workflow
    def static(order: str) -> str:
        return charge(order) + uuid.uuid1().hex  # flags: DBS104

    @classmethod
    @workflow
    def of_class(cls, order: str) -> str:
        return cls.static(order)


def plain(order: str) -> str:
    return charge(order) + str(time.monotonic_ns())  # flags: DBS002


made = workflow(plain)
