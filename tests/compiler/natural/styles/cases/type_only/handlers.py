from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional, Union, cast

from dbos import DBOS

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch
    from pymongo.collection import Collection
    from sqlalchemy.orm import Session


class Search:
    client: "Elasticsearch"

    def __init__(self, client: "Elasticsearch") -> None:
        self.client = client

    def hits(self, text: str) -> int:
        return len(self.client.search(index="docs", q=text)["hits"])  # flags: DBS202


def save(session: "Session", name: str) -> None:
    session.add(name)
    session.flush()  # flags: DBS205


def lookup(documents: Optional["Collection[Any]"], key: str) -> Any:
    if documents is None:
        return None
    return documents.find_one({"_id": key})  # flags: DBS205


def tagged(values: Annotated[dict[str, int], "counts"], key: str) -> int:
    return values.get(key, 0)


def either(source: Union["Session", dict[str, int]], key: str) -> Any:
    return source.get(key, 0)  # flags: DBS205


@DBOS.step()
def connect() -> str:
    return "ok"


@DBOS.workflow()
def count(counts: dict[str, int], key: str) -> int:
    connect()
    return tagged(counts, key)


@DBOS.workflow()
def find(text: str, context: dict[str, Any]) -> int:
    return Search(cast("Elasticsearch", context["search"])).hits(text)


@DBOS.workflow()
def keep(name: str, context: dict[str, Any]) -> Any:
    save(context["session"], name)
    either(context["session"], name)
    return lookup(context.get("documents"), name)
