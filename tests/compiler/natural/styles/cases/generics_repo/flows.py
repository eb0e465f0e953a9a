from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from dbos import DBOS

from stores import FileStore, ListStore, Store

S = TypeVar("S", bound=Store[dict[str, str]])


@DBOS.step()
def handle(row: dict[str, str]) -> str:
    return row["name"]


def lead(store: S) -> str:
    return handle(store.first())


@DBOS.workflow()
def from_list(rows: list[dict[str, str]]) -> str:
    store = ListStore(rows)
    if len(store[1:]) > 3:
        return handle(store[0])
    return handle(store.first())


@DBOS.workflow()
def from_file(name: str) -> str:
    return lead(FileStore(Path(name)))


@DBOS.workflow()
def by_lot(rows: list[dict[str, str]]) -> str:
    return handle(ListStore(rows).some())
