"""Paths as text, files in memory, and files read in steps."""

import io
import json
import os
import os.path
from pathlib import Path, PurePath, PurePosixPath

from dbos import DBOS


@DBOS.step()
def read(name: str) -> str:
    return Path(name).read_text()


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Account:
    """Opened and closed, but not a file."""

    def __init__(self) -> None:
        self.state = "closed"

    def open(self) -> str:
        self.state = "open"
        return self.state

    def write(self, text: str) -> int:
        return len(text)

    def unlink(self) -> None:
        self.state = "gone"


def open_order(order_id: str) -> str:
    return f"open {order_id}"


@DBOS.workflow()
def joined(name: str) -> str:
    path = os.path.join("orders", name)
    save(name, os.path.basename(path))
    return os.path.splitext(path)[1]


@DBOS.workflow()
def pure_paths(name: str) -> str:
    path = PurePath("orders") / name
    save(name, str(path))
    return PurePosixPath(path).with_suffix(".csv").name


@DBOS.workflow()
def path_arithmetic(name: str) -> str:
    path = Path("orders") / f"{name}.csv"
    save(name, path.stem)
    return path.as_posix() + str(path.parent)


@DBOS.workflow()
def in_memory(name: str) -> str:
    buffer = io.StringIO()
    buffer.write(json.dumps({"name": name}))
    save(name, buffer.getvalue())
    return io.BytesIO(b"bytes").read().decode()


@DBOS.workflow()
def in_a_step() -> str:
    text = read("letter.txt")
    return text.strip()


@DBOS.workflow()
def own_open(name: str) -> str:
    account = Account()
    save(name, account.open())
    account.unlink()
    return account.state + str(account.write(name))


@DBOS.workflow()
def shadowed_open(name: str) -> str:
    open = open_order
    save(name, open(name))
    return open(name)


@DBOS.workflow()
def parsed_text(text: str = "{}") -> str:
    values = json.loads(text)
    save("values", values)
    return json.dumps(values)


@DBOS.workflow()
def separators_are_texts(parts: list[str]) -> str:
    return os.sep.join(parts) + os.linesep.join(parts) + os.path.sep.join(parts).strip()
