import sqlite3
import time

from bus import bus


@bus.on("paid")
def remember(data: dict) -> None:
    with sqlite3.connect("paid.db") as connection:  # flags: DBS205
        connection.execute("insert into paid values (?)", (data["id"],))  # flags: DBS205


@bus.on("paid")
def stamp(data: dict) -> None:
    data["at"] = time.time()  # flags: DBS001


@bus.on("shipped")
def count(data: dict) -> None:
    data["count"] = data.get("count", 0) + 1
