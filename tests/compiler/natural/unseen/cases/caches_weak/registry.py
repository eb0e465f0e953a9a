from __future__ import annotations

import gc
import linecache
import sys
import weakref
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from dbos import DBOS

_open: weakref.WeakValueDictionary[str, Document] = weakref.WeakValueDictionary()
_parsed: dict[str, Any] = {}
_settings: dict[str, str] | None = None


class Document:
    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @cached_property
    def text(self) -> str:
        return self.path.read_text()  # flags: DBS203

    @cached_property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def name(self) -> str:
        return self.path.with_suffix(".md").name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)


def document(path: str) -> Document:
    found = _open.get(path)  # maybe: DBS603 DBS304
    if found is None:
        found = _open[path] = Document(path)  # flags: DBS602
    return found


@lru_cache(maxsize=8)
def rules(path: str) -> dict[str, Any]:
    with open(path) as file:  # flags: DBS203
        return yaml.safe_load(file)


@lru_cache
def parsed(text: str) -> dict[str, Any]:
    return yaml.safe_load(text) or {}


def settings() -> dict[str, str]:
    global _settings
    if _settings is None:  # flags: DBS610
        _settings = {"mode": "x"}  # maybe: DBS601
    return _settings


@DBOS.step()
def index(name: str) -> str:
    return name


@DBOS.workflow()
def index_named(path: str) -> str:
    return index(Document(path).name)


@DBOS.workflow()
def index_words(path: str) -> list[str]:
    return [index(word) for word in document(path).words]


@DBOS.workflow()
def index_rules(path: str, text: str) -> list[str]:
    first = parsed(text)
    second = rules(path)
    return [index(name) for name in sorted({*first, *second})]


@DBOS.workflow()
def index_settings(name: str) -> str:
    return index(settings()["mode"] + name)


@DBOS.workflow()
def index_memory(name: str) -> str:
    used = sys.getsizeof(name)  # maybe: DBS304
    if len(gc.get_objects()) > 10**7:  # flags: DBS304
        index("full")
    line = linecache.getline("rules.txt", 3)  # flags: DBS203
    alive = weakref.ref(Document(name))() is not None  # maybe: DBS304
    return index(f"{line}{bool(used)}{alive}")
