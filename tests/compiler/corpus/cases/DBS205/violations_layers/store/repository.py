"""Statements."""

from __future__ import annotations

import sqlite3
from typing import Any

from store.connection import transaction


class Repository:
    table = "orders"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def count(self) -> int:
        row = self.connection.execute("SELECT 1").fetchone()  # flags: DBS205
        return int(row[0])

    def save(self, values: dict[str, Any]) -> None:
        self.connection.execute("CREATE TABLE IF NOT EXISTS orders (id TEXT)")  # flags: DBS205


def latest() -> int:
    with transaction() as connection:
        return Repository(connection).count()
