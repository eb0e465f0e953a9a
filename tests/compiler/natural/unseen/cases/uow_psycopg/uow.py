from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from collections.abc import Iterator
from types import TracebackType

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

pool = ConnectionPool("dbname=stock", open=False)


class UnitOfWork(AbstractContextManager["UnitOfWork"]):
    def __init__(self) -> None:
        self._stack = ExitStack()
        self.connection: psycopg.Connection[dict[str, object]] | None = None

    def __enter__(self) -> UnitOfWork:
        self.connection = self._stack.enter_context(pool.connection())  # flags: DBS205
        self.connection.row_factory = dict_row
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self.connection.commit()  # flags: DBS205
        else:
            self.connection.rollback()  # flags: DBS205
        self._stack.close()

    def stock(self, sku: str) -> int:
        row = self.connection.execute("select n from stock where sku = %s", [sku]).fetchone()  # flags: DBS205
        return int(row["n"]) if row else 0


@contextmanager
def quiet(*errors: type[Exception]) -> Iterator[None]:
    with suppress(*errors):
        yield


@contextmanager
def labelled(label: str) -> Iterator[list[str]]:
    lines = [label]
    yield lines
    lines.append("end")
