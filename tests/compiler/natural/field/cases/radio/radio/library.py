from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Self


@dataclass
class Track:
    title: str
    genre: str

    def label(self) -> str:
        return f"{self.title} ({self.genre})"


class Library:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: str = "library.db") -> Self:
        return cls(sqlite3.connect(path))  # flags: DBS205

    def tracks(self, genre: str) -> list[Track]:
        rows = self._connection.execute("select title, genre from t where genre = ?", (genre,))  # flags: DBS205
        return [Track(*row) for row in rows]

    def note(self, text: str) -> None:
        with self._connection as connection:
            connection.execute("insert into notes values (?)", (text,))  # flags: DBS205
