"""The one connection of the program."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")  # flags: DBS205
    try:
        yield connection
    finally:
        connection.close()
