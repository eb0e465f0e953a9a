"""singledispatch, cached_property and methodcaller."""

from __future__ import annotations

import secrets
from functools import cached_property, singledispatch
from operator import attrgetter, methodcaller

from dbos import DBOS


class Field:
    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def token(self) -> str:
        return secrets.token_urlsafe(8)  # flags: DBS103

    def upper(self) -> str:
        return self.name.upper()


@singledispatch
def render(value: object) -> str:
    return str(value)


@render.register
def _(value: list) -> str:
    return ",".join(render(item) for item in value)


@DBOS.step()
def publish(text: str) -> None:
    print(text)


@DBOS.workflow()
def schema(names: list[str]) -> str:
    fields = [Field(name) for name in names]
    uppers = list(map(methodcaller("upper"), fields))
    publish(render(uppers))
    tokens = [attrgetter("token")(field) for field in fields]
    return fields[0].token + ",".join(sorted(tokens))
