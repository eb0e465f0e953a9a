from __future__ import annotations

from functools import singledispatch, singledispatchmethod
from typing import Any


@singledispatch
def render(value: Any) -> str:
    return str(value)


@render.register
def _(value: list) -> str:
    return ", ".join(render(each) for each in value)


@singledispatch
def valued(value: object) -> int:
    raise TypeError(type(value))


@valued.register(int)
@valued.register(bool)
def valued_number(value: int) -> int:
    return value


class Visitor:
    def __init__(self) -> None:
        self.lines: list[str] = []

    @singledispatchmethod
    def visit(self, node: object) -> None:
        self.lines.append("?")

    @visit.register
    def _(self, node: str) -> None:
        self.lines.append(node)

    @visit.register(dict)
    def visit_dict(self, node: dict[str, object]) -> None:
        for key, value in node.items():
            self.lines.append(key)
            self.visit(value)
