"""Modules chosen or executed while the workflow runs."""

import importlib
import runpy
from importlib import import_module, reload

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def plugin(name: str):
    return import_module(name)  # flags: DBS209


class Loader:
    prefix = "collections"

    def load(self, name: str):
        return importlib.import_module(f"{self.prefix}.{name}")  # flags: DBS209


@DBOS.workflow()
def chosen(name: str = "json") -> str:  # unseen: import
    module = importlib.import_module(name)  # flags: DBS209
    save(name, module.__name__)
    return module.__name__


@DBOS.workflow()
def by_helper(name: str = "json") -> str:  # unseen: import
    save(name, plugin(name).__name__)
    return name


@DBOS.workflow()
def by_method(name: str = "abc") -> str:  # unseen: import
    save(name, Loader().load(name).__name__)
    return name


@DBOS.workflow()
def low_level(name: str = "json") -> str:  # unseen: import
    module = __import__(name)  # flags: DBS209
    save(name, module.__name__)
    return name


@DBOS.workflow()
def reloaded(name: str) -> str:  # unseen: import
    reload(importlib)  # flags: DBS209
    save(name, "reloaded")
    return name


@DBOS.workflow()
def executed(name: str = "this") -> str:  # unseen: import
    runpy.run_module(name)  # flags: DBS209
    save(name, "executed")
    return name
