"""Engines are imported when somebody asks for them."""

from __future__ import annotations

import importlib
from typing import Any

_LAZY = {"Sqlite": ".sqlite", "Memory": ".memory"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name], __name__), name)  # maybe: DBS209
    raise AttributeError(name)


def __dir__() -> list[str]:
    return sorted(_LAZY)
