from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Callable, TypeVar

T = TypeVar("T")


@dataclass
class Breaker:
    threshold: int = 3
    cooldown: float = 30.0
    failures: int = 0
    opened_at: float | None = None
    clock: Callable[[], float] = time.monotonic

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        if self.opened_at is not None and self.clock() - self.opened_at < self.cooldown:  # flags: DBS002
            raise RuntimeError("open")
        try:
            result = function(*arguments)
        except ConnectionError:
            self.failures += 1  # flags: DBS602
            if self.failures >= self.threshold:
                self.opened_at = self.clock()  # flags: DBS002 DBS602
            raise
        self.failures = 0  # flags: DBS602
        return result


@dataclass
class Window:
    size: int
    marks: deque[float] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, moment: float) -> bool:
        while self.marks and self.marks[0] < moment - 60:
            self.marks.popleft()
        self.marks.append(moment)
        return len(self.marks) <= self.size
