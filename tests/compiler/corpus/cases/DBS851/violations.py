"""Values that cannot be stored, as inputs and results of durable functions."""

import socket
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from types import ModuleType
from typing import IO

import httpx
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from dbos import DBOS


@DBOS.step()
def opened(name: str) -> IO[str]:  # flags: DBS851
    return open(name)


@DBOS.step()
def iterated(count: int) -> Iterator[int]:  # flags: DBS851
    return iter(range(count))


@DBOS.step()
def locked(lock: threading.Lock) -> str:  # flags: DBS851
    return "locked"


@DBOS.step()
def connected(host: str) -> socket.socket:  # flags: DBS851
    return socket.create_connection((host, 80))


@DBOS.workflow()
def with_client(client: httpx.Client, name: str) -> str:  # flags: DBS851
    return name


@DBOS.transaction()
def with_session(session: Session) -> None:  # flags: DBS851
    DBOS.sql_session.execute("SELECT 1")


@DBOS.step()
def engine(url: str) -> Engine:  # flags: DBS851
    raise NotImplementedError(url)


@DBOS.step()
def callback(name: str):
    return lambda: name  # flags: DBS851


@DBOS.step()
def module(name: str) -> ModuleType:  # flags: DBS851
    return threading


@DBOS.step()
def untyped_file(name: str):
    return open(name)  # flags: DBS851


class Reader:
    @DBOS.step()
    def lines(self, name: str) -> Generator[str, None, None]:  # flags: DBS851
        return (line for line in [name])
