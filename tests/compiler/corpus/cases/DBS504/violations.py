"""Orders that the file system decides, and names that happen to be loaded."""

import glob
import os
from os import listdir
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def load(name: str) -> str:
    return f"loaded {name}"


def incoming() -> list[str]:
    return listdir("incoming")  # flags: DBS203 DBS504


class Inbox:
    folder = Path("incoming")

    def load(self) -> None:
        for path in self.folder.iterdir():  # flags: DBS203 DBS504
            load(path.name)


@DBOS.workflow()
def listed() -> int:
    Path("incoming/a.txt")
    names = os.listdir("incoming")  # flags: DBS203 DBS504
    for name in names:
        load(name)
    return len(names)


@DBOS.workflow()
def globbed() -> int:
    for name in glob.glob("incoming/*.txt"):  # flags: DBS203 DBS504
        load(name)
    return 0


@DBOS.workflow()
def by_helper() -> int:
    for name in incoming():
        load(name)
    return 0


@DBOS.workflow()
def by_method() -> int:
    Inbox().load()
    return 0


@DBOS.workflow()
def scanned() -> int:
    with os.scandir("incoming") as entries:  # flags: DBS203 DBS504
        for entry in entries:
            load(entry.name)
    return 0


@DBOS.workflow()
def matching() -> list[str]:
    return [load(path.name) for path in Path("incoming").glob("*.txt")]  # flags: DBS203 DBS504


@DBOS.workflow()
def loaded_names() -> int:  # unseen: interpreter
    for name in list(globals()):  # flags: DBS504
        load(name)
    return 0
