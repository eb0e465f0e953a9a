"""References to large data, and small data."""

import hashlib
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def store(data: object) -> None:
    """Store data."""
    DBOS.logger.info("%s", data)


@DBOS.step()
def digest(name: str) -> str:
    return hashlib.sha256(Path(name).read_bytes()).hexdigest()


@DBOS.step()
def size(name: str) -> int:
    return len(Path(name).read_bytes())


@DBOS.step()
def first_line(name: str) -> str:
    with open(name) as file:
        return file.readline()


@DBOS.workflow()
def small_argument(name: str) -> str:
    store("x" * 100)
    return name


@DBOS.workflow()
def path_only(name: str) -> str:
    store(str(Path("files") / name))
    return name


@DBOS.step()
def copied(name: str, target: str) -> str:
    Path(target).write_bytes(Path(name).read_bytes())
    return target


@DBOS.workflow()
def large_but_local(name: str) -> int:
    return len("x" * 5_000_000)
