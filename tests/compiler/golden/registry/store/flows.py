"""Workflows as functions, with parameters of every kind."""

from __future__ import annotations

import collections.abc
import datetime as dt
import typing as t
from concurrent import futures
from decimal import Decimal
from typing import Annotated, Any, Callable, Literal, Optional, ParamSpec, TypeVar

from dbos import DBOS, Queue, WorkflowHandle
from store import models
from store.models import Carrier, OrderId
from store.models import Order as Ordered

T = TypeVar("T")
P = ParamSpec("P")
LIMIT = 3
packing = Queue("packing", worker_concurrency=2)
parts = Queue("parts", partition_queue=True)


@DBOS.workflow()
def checkout(order_id: str, cents: int = 1) -> str:
    return f"{order_id}:{cents}"


@DBOS.workflow()
async def later(order_id: str, /, *, when: Optional[dt.datetime] = None) -> int:
    return 1


@DBOS.workflow(name="orders.place")
def place(
    order: Ordered,
    line: "models.Order.Line",
    /,
    limit: int = LIMIT,
    *notes: models._Note,
    carrier: Carrier = Carrier.POST,
    kind: Literal["big", Carrier.BIKE] = "big",
    **prices: Decimal,
) -> list[OrderId]:
    return []


@DBOS.workflow(name="place")
def another(
    weight: Annotated[float, lambda: 3] = -1.5,
    size: tuple[int, ...] = (1, 2),
    tags: t.Sequence["Ordered"] = (),
    text: str = "a \"quoted\" line\n",
    blob: bytes = b"x",
    table: dict[str, list[int]] = {},
) -> collections.abc.Mapping[str, models._Note]:
    return {}


@DBOS.workflow()
def generic(
    value: T, change: Callable[[T, int], T], empty: Callable[[], None], *args: P.args, **more: P.kwargs
) -> T:
    return value


@DBOS.workflow()
def untyped(first, second=None):
    return first


@DBOS.workflow()
def registry(handle: WorkflowHandle[str], work: futures.Future[int]) -> None:
    return None


@DBOS.workflow()
def Step(computed: f"{LIMIT}", missing: nowhere.Thing, broken: "a b", nested: [int][0]) -> Any:  # noqa
    return None


@DBOS.workflow()
def set(members: list[str]) -> None:
    return None


def make() -> Callable[[], None]:
    @DBOS.workflow(name="made")
    def inner() -> None:
        return None

    return inner
