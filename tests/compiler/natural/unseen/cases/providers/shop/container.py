from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from .adapters import FilePriceBook, PostmarkMailer, StaticPriceBook, SystemClock, UuidSource
from .ports import Clock, IdSource, Mailer, PriceBook

T = TypeVar("T")


class Singleton(Generic[T]):
    """Makes its object at the first call and keeps it."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: list[T] = []

    def __call__(self) -> T:
        if not self._made:
            self._made.append(self._make())  # maybe: DBS602 DBS603 DBS610
        return self._made[0]  # maybe: DBS603


class Container:
    clock: Singleton[Clock] = Singleton(SystemClock)

    def __init__(self, catalogue: str) -> None:
        self._catalogue = catalogue

    @cached_property
    def ids(self) -> IdSource:
        return UuidSource()

    @property
    def prices(self) -> PriceBook:
        return FilePriceBook(Path(self._catalogue))

    @property
    def list_prices(self) -> PriceBook:
        return StaticPriceBook()

    def mailer(self) -> Mailer:
        return PostmarkMailer("token")


container = Container("/etc/shop/catalogue.json")
