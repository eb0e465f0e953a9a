"""Listings in steps, and collections with an order of their own."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def load(name: object) -> str:
    return f"loaded {name}"


@DBOS.step()
def listing(folder: str) -> list[str]:
    return sorted(os.listdir(folder))


@DBOS.step()
def unsorted_listing() -> list[str]:
    return [path.name for path in Path().iterdir()]


@dataclass
class Order:
    name: str
    amount: int


class Folder:
    def __init__(self, names: list[str]) -> None:
        self.names = names

    def listdir(self) -> list[str]:
        return self.names

    def glob(self, pattern: str) -> list[str]:
        return [name for name in self.names if pattern in name]


@DBOS.workflow()
def in_a_step() -> None:
    for name in listing("."):
        load(name)


@DBOS.workflow()
def unsorted_in_a_step() -> int:
    return len([load(name) for name in unsorted_listing()[:1]])


@DBOS.workflow()
def own_listing(names: list[str]) -> None:
    for name in Folder(names).listdir():
        load(name)


@DBOS.workflow()
def own_glob(names: list[str]) -> list[str]:
    return [load(name) for name in Folder(names).glob("a")]


@DBOS.workflow()
def fields_of_a_class(name: str) -> None:
    for field in fields(Order(name, 3)):
        load(field.name)


@DBOS.workflow()
def given_names(names: list[str]) -> list[str]:
    return [load(os.path.basename(name)) for name in names]


@DBOS.workflow()
def dictionary(values: dict[str, int]) -> None:
    for key, value in values.items():
        load((key, value))
