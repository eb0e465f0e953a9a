"""The rows of the hotel, by hand-written SQL; used by transactions and, by mistake, without."""

from typing import Protocol

import psycopg


class RoomRepository(Protocol):
    def free_rooms(self, night: str) -> list[int]: ...

    def book(self, room: int, night: str, guest: str) -> None: ...


class PostgresRooms:
    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def free_rooms(self, night: str) -> list[int]:
        with psycopg.connect(self._dsn) as conn:  # flags: DBS205
            rows = conn.execute("SELECT room FROM rooms WHERE night = %s AND guest IS NULL", (night,))  # flags: DBS205
            return [row[0] for row in rows.fetchall()]

    def book(self, room: int, night: str, guest: str) -> None:
        with psycopg.connect(self._dsn) as conn:
            conn.execute("UPDATE rooms SET guest = %s WHERE room = %s AND night = %s", (guest, room, night))


class MemoryRooms:
    """For tests."""

    def __init__(self) -> None:
        self.booked: dict[tuple[int, str], str] = {}

    def free_rooms(self, night: str) -> list[int]:
        return [room for room in range(1, 10) if (room, night) not in self.booked]

    def book(self, room: int, night: str, guest: str) -> None:
        self.booked[(room, night)] = guest
