from __future__ import annotations

import json
import os
import pickle
import time
from functools import lru_cache
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Callable

_lock = Lock()
_entries: dict[str, tuple[float, Any]] = {}
CACHE_FILE = Path.home() / ".cache" / "rates.json"


class TTLCache:
    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self._items: dict[str, tuple[float, Any]] = {}
        self._guard = RLock()

    def get(self, key: str) -> Any | None:
        with self._guard:  # flags: DBS407
            found = self._items.get(key)
            if found and self.clock() - found[0] < self.seconds:  # flags: DBS002
                return found[1]
            return None

    def set(self, key: str, value: Any) -> None:
        self._items[key] = (self.clock(), value)  # flags: DBS002 DBS602


def remember(key: str, value: Any) -> Any:
    with _lock:  # flags: DBS407
        _entries[key] = (time.time(), value)  # flags: DBS001 DBS602
    return value


@lru_cache(maxsize=None)
def load_rates() -> dict[str, float]:
    if not CACHE_FILE.exists():  # flags: DBS203 DBS302
        return {}
    return json.loads(CACHE_FILE.read_text())  # flags: DBS203 DBS302


@lru_cache
def factorial(n: int) -> int:
    return 1 if n < 2 else n * factorial(n - 1)


def read_pickle(name: str) -> Any:
    with open(os.path.join("data", name), "rb") as file:
        return pickle.load(file)
