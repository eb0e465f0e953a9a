from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

from dbos import DBOS

import plugins_host.builtin as builtin


class Plugin(Protocol):
    name: str

    def run(self, data: dict) -> dict: ...


REGISTRY: dict[str, Plugin] = {}


def register(plugin: Plugin) -> None:
    REGISTRY[plugin.name] = plugin


def discover() -> None:
    for info in pkgutil.iter_modules(["plugins"]):
        module = importlib.import_module(f"plugins.{info.name}")
        register(module.PLUGIN)


register(builtin.Upper())
register(builtin.Stamp())


@DBOS.workflow()
def pipeline(names: list[str], data: dict) -> dict:
    for name in names:
        data = REGISTRY[name].run(data)
    return data


@DBOS.workflow()
def dynamic(name: str, data: dict) -> dict:
    module = importlib.import_module(f"plugins.{name}")  # flags: DBS209
    return module.PLUGIN.run(data)
