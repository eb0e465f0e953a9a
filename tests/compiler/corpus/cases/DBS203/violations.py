"""The file system: another machine has other files."""

import glob
import json
import os
import shutil
import tempfile
from os import path
from pathlib import Path

from dbos import DBOS

CONFIG = Path("settings.json")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def settings() -> dict[str, int]:
    with CONFIG.open() as file:  # flags: DBS203
        return json.load(file)


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, name: str) -> str:
        return (self.folder / name).read_text()  # flags: DBS203

    def keep(self, name: str, text: str) -> None:
        self.folder.joinpath(name).write_text(text)  # flags: DBS203


def helper_exists(name: str) -> bool:
    return os.path.exists(name)  # flags: DBS203


@DBOS.workflow()
def import_orders() -> int:
    with open("orders.csv") as file:  # flags: DBS203
        count = len(file.readlines())
    save("count", count)
    return count


@DBOS.workflow()
def configured() -> int:
    value = settings()["value"]
    save("value", value)
    return value


@DBOS.workflow()
def loaded() -> str:
    text = Store(Path()).load("letter.txt")
    save("text", text)
    return text


@DBOS.workflow()
def kept(order_id: str) -> str:
    Store(Path()).keep("kept.txt", order_id)
    save("kept", order_id)
    return order_id


@DBOS.workflow()
def decided_by_a_file(order_id: str) -> str:
    if helper_exists("maintenance.lock") or path.isfile("stop.txt"):  # flags: DBS203
        return order_id
    save(order_id, "open")
    return "open"


@DBOS.workflow()
def size_of_a_file() -> int:
    size = os.stat("sizes.csv").st_mtime_ns + Path("sizes.csv").stat().st_size  # flags: DBS203
    save("size", size)
    return size


@DBOS.workflow()
def scratch(order_id: str) -> str:
    with tempfile.NamedTemporaryFile() as file:  # flags: DBS203
        save(order_id, file.name)
    return tempfile.mkdtemp()  # flags: DBS203


@DBOS.workflow()
def moved(order_id: str) -> str:
    Path("made/inner").mkdir(parents=True, exist_ok=True)  # flags: DBS203
    shutil.rmtree("made")  # flags: DBS203
    save(order_id, "moved")
    return order_id


@DBOS.workflow()
def first_line() -> str:
    if line := Path("first.txt").read_bytes():  # flags: DBS203
        save("line", line)
    return str(line)


@DBOS.workflow()
def counted() -> int:
    found = len(glob.glob("*.txt"))  # flags: DBS203
    save("found", found)
    return found
