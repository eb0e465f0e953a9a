from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Store(ABC, Generic[T]):
    @abstractmethod
    def all(self) -> Iterator[T]: ...

    def first(self) -> T:
        return next(iter(self.all()))

    def some(self) -> T:
        return random.choice(list(self.all()))  # flags: DBS101


class FileStore(Store[dict[str, str]]):
    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> Iterator[dict[str, str]]:
        for line in self.path.open():  # flags: DBS203
            yield json.loads(line)


class ListStore(Store[T]):
    def __init__(self, items: list[T]) -> None:
        self.items = items

    def all(self) -> Iterator[T]:
        yield from self.items

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        return self.items[place]
