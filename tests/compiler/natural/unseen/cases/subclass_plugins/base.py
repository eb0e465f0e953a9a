from __future__ import annotations

import functools
import importlib
from importlib.metadata import entry_points
from typing import Any, Callable, ClassVar, TypeVar

C = TypeVar("C", bound=type)
LOADERS: list[type] = []


def loader(cls: C) -> C:
    LOADERS.append(cls)
    return cls


def logged(cls: C) -> C:
    """Wraps every public method."""
    for name, value in list(vars(cls).items()):
        if callable(value) and not name.startswith("_"):
            setattr(cls, name, _wrap(value))
    return cls


def _wrap(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return inner


class Importer:
    formats: ClassVar[dict[str, type[Importer]]] = {}
    suffix: ClassVar[str] = ""

    def __init_subclass__(cls, suffix: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.suffix = suffix
        Importer.formats[suffix] = cls

    @classmethod
    def named(cls, name: str) -> Importer:
        return cls.formats[name.rsplit(".", 1)[-1]]()

    def read(self, name: str) -> list[str]:
        return self.clean(self.lines(name))

    def clean(self, lines: list[str]) -> list[str]:
        return [line.strip() for line in lines if line.strip()]

    def lines(self, name: str) -> list[str]:
        raise NotImplementedError


def plugins() -> list[Any]:
    return [each.load() for each in entry_points(group="importers")]  # flags: DBS303


def plugin_named(name: str) -> Any:
    return importlib.import_module(f"importers.{name}")  # flags: DBS209
