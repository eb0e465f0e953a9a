from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, Union

T = TypeVar("T")
U = TypeVar("U")
A = TypeVar("A")


@dataclass(frozen=True)
class Ok(Generic[T]):
    value: T

    def then(self, function: Callable[[T], Result[U]]) -> Result[U]:
        return function(self.value)

    def map(self, function: Callable[[T], U]) -> Ok[U]:
        return Ok(function(self.value))


@dataclass(frozen=True)
class Err:
    reason: str

    def then(self, function: object) -> Err:
        return self

    def map(self, function: object) -> Err:
        return self


Result = Union[Ok[T], Err]


class Stream(Generic[T]):
    def __init__(self, items: Iterable[T]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[T]:
        yield from self._items

    def map(self, function: Callable[[T], U]) -> Stream[U]:
        return Stream(function(item) for item in self)

    def where(self, keep: Callable[[T], bool]) -> Stream[T]:
        return Stream(item for item in self if keep(item))

    def fold(self, start: A, function: Callable[[A, T], A]) -> A:
        result = start
        for item in self:
            result = function(result, item)
        return result

    def to_list(self) -> list[T]:
        return list(self)


class Lazy(Generic[T]):
    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make

    @property
    def value(self) -> T:
        return self.make()
