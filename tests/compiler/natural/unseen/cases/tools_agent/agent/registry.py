from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints


@dataclass(frozen=True)
class Tool:
    name: str
    run: Callable[..., Any]
    durable: bool = False

    def schema(self) -> dict[str, Any]:
        hints = get_type_hints(self.run)
        names = [p for p in inspect.signature(self.run).parameters]
        return {"name": self.name, "args": {name: str(hints.get(name)) for name in names}}


TOOLS: dict[str, Tool] = {}


def tool(name: str | None = None, *, durable: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        key = name or function.__name__
        TOOLS[key] = Tool(key, function, durable)
        return function

    return register
