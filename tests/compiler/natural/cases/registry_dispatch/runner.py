from __future__ import annotations

from functools import singledispatch
from typing import Any

import yaml
from dbos import DBOS

from actions import ACTIONS


@singledispatch
def describe(value: Any) -> str:
    return repr(value)


@describe.register
def _(value: dict) -> str:
    return ", ".join(f"{key}={describe(item)}" for key, item in sorted(value.items()))


@describe.register(list)
def _list(value: list) -> str:
    return "; ".join(describe(item) for item in value)


def load_recipe(path: str) -> list[dict]:
    with open(path) as file:  # flags: DBS203
        return yaml.safe_load(file)


@DBOS.workflow()
def run_recipe(path: str) -> list[str]:
    results = []
    for number, entry in enumerate(load_recipe(path)):
        run = ACTIONS[entry["action"]]
        results.append(run(entry.get("data", {})))
        DBOS.set_event("progress", number)
    DBOS.logger.info(describe(results))
    return results


@DBOS.workflow()
def by_attribute(module: Any, names: list[str]) -> list[str]:
    return [getattr(module, name)({}) for name in names]  # flags: DBS703
