from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    attempts: int
    base: float = 0.5

    def __iter__(self) -> Iterator[float]:
        for attempt in range(self.attempts):
            yield self.base * 2**attempt


def jittered(delay: float) -> float:
    return delay * random.uniform(0.5, 1.5)  # flags: DBS101
