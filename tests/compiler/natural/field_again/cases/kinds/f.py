from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator
from typing import IO, Any

import sqlalchemy as sa
from dbos import DBOS


class Local:
    pass


@DBOS.step()
def opens(path: str) -> IO[str]:  # flags: DBS851
    return open(path)


@DBOS.step()
def lazy(n: int) -> Generator[int, None, None]:  # flags: DBS851
    return (x for x in range(n))


@DBOS.workflow()
def takes_lock(lock: threading.Lock) -> None:  # flags: DBS851
    opens(str(lock))


@DBOS.workflow()
def takes_engine(engine: sa.engine.Engine, callback: Callable[[], None]) -> str:  # flags: DBS851
    return str(engine)


@DBOS.step()
def makes_local(name: str) -> Any:
    class Inner:
        pass

    return Inner()  # flags: DBS852


@DBOS.step()
def fine(values: dict[str, list[tuple[int, str]]], other: Local | None = None) -> set[int]:
    return {len(values)}


@DBOS.step()
def host(name: str) -> str:
    return socket.gethostbyname(name)


class Store:
    def __init__(self) -> None:
        self.rows: list[str] = []

    def all(self) -> list[str]:
        return self.rows


STORE = Store()


@DBOS.step()
def rows(name: str) -> list[str]:
    STORE.rows.append(name)
    return STORE.rows  # flags: DBS855
