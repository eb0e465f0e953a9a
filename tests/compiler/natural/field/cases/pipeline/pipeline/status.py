from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Callable


@dataclass
class Status:
    name: str
    state: str = "new"
    history: list[tuple[str, float]] = field(default_factory=list)

    def to(self, state: str) -> None:
        self.state = state
        self.history.append((state, time.time()))  # flags: DBS001

    def as_dict(self) -> dict:
        return {"name": self.name, "state": self.state, "at": datetime.now().isoformat()}  # flags: DBS001


class CircuitBreaker:
    def __init__(self, limit: int = 3, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.clock = clock
        self.failures = 0
        self.opened_at: float | None = None

    def allow(self) -> bool:
        if self.opened_at is None:
            return True
        return self.clock() - self.opened_at > 30  # flags: DBS002

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= self.limit:
            self.opened_at = self.clock()  # flags: DBS002
