from __future__ import annotations

import random
from abc import ABC, abstractmethod
from datetime import datetime


class Draw(ABC):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    @property
    def generator(self) -> random.Random:
        return random.Random(self.seed)

    @abstractmethod
    def winner(self, tickets: list[str]) -> str: ...


class Timed:
    def touch(self) -> None:
        self.touched = datetime.now()  # flags: DBS001
