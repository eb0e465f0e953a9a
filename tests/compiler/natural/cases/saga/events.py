"""A tiny in-process event bus with handlers registered by decorator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Callable

Handler = Callable[[Any], None]
_handlers: dict[type, list[Handler]] = defaultdict(list)


@dataclass(frozen=True)
class OrderPlaced:
    order_id: str
    cents: int


@dataclass(frozen=True)
class OrderFailed:
    order_id: str
    reason: str


def on(kind: type) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        _handlers[kind].append(handler)
        return handler

    return register


def publish(event: Any) -> None:
    for handler in _handlers[type(event)]:  # maybe: DBS603 DBS602
        handler(event)
