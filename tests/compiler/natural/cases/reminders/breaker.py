from __future__ import annotations

import threading
import time


class CircuitOpen(Exception):
    pass


class CircuitBreaker:
    def __init__(self, failures: int, cooldown: float) -> None:
        self._limit = failures
        self._cooldown = cooldown
        self._failures = 0
        self._opened_at: float | None = None
        self._lock = threading.Lock()

    def _is_open(self) -> bool:
        if self._opened_at is None:
            return False
        return time.monotonic() - self._opened_at < self._cooldown  # flags: DBS002

    def __enter__(self) -> CircuitBreaker:
        with self._lock:  # flags: DBS407
            if self._is_open():
                raise CircuitOpen
        return self

    def __exit__(self, kind, error, traceback) -> bool:
        with self._lock:  # flags: DBS407
            if error is None:
                self._failures = 0  # flags: DBS602
            else:
                self._failures += 1  # flags: DBS602
                if self._failures >= self._limit:
                    self._opened_at = time.monotonic()  # flags: DBS002 DBS602
        return False
