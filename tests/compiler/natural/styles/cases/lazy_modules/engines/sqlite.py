from __future__ import annotations

import sqlite3


class Sqlite:
    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)  # flags: DBS205

    def put(self, key: str) -> None:
        self.connection.execute("INSERT INTO items VALUES (?)", (key,))  # flags: DBS205
