from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable


@dataclass
class Saga:
    """Runs compensations in reverse order when something fails."""

    compensations: list[Callable[[], object]] = field(default_factory=list)

    def add(self, action: Callable[[], object], undo: Callable[[], object]) -> object:
        result = action()
        self.compensations.append(undo)
        return result

    def roll_back(self) -> None:
        while self.compensations:
            self.compensations.pop()()
