from __future__ import annotations

import importlib

from dbos import DBOS

from engines.memory import Memory
from engines.sqlite import Sqlite

BACKENDS = {"memory": "engines.memory:Memory", "sqlite": "engines.sqlite:Sqlite"}


def backend(name: str) -> type:
    module, _, attribute = BACKENDS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)  # flags: DBS209  # maybe: DBS703


@DBOS.step()
def put(name: str, key: str) -> None:
    backend(name)("data").put(key)


@DBOS.workflow()
def keep(key: str) -> int:
    memory = Memory("data")
    memory.put(key)
    put("sqlite", key)
    return len(memory.items)


@DBOS.workflow()
def keep_directly(key: str) -> str:
    Sqlite("data").put(key)
    return key


@DBOS.workflow()
def keep_by_name(name: str, key: str) -> str:
    backend(name)("data").put(key)
    return key
