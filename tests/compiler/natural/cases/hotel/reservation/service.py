from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from dbos import DBOS

from .pricing import Quote, quote_for
from .repository import PostgresRooms, RoomRepository

rooms: RoomRepository = PostgresRooms("postgresql://localhost/hotel")


@dataclass
class Reservation:
    guest: str
    night: str
    room: int
    code: str = field(default_factory=lambda: uuid.uuid4().hex[:8])


def pick_room(repository: RoomRepository, night: str) -> int | None:
    free = repository.free_rooms(night)
    return min(free) if free else None


@DBOS.step()
def book_room(room: int, night: str, guest: str) -> None:
    rooms.book(room, night, guest)


@DBOS.step()
def book_flight(guest: str, night: str) -> str:
    return f"flight-{guest}-{night}"


@DBOS.step()
def cancel_flight(flight: str) -> None:
    DBOS.logger.info("cancel %s", flight)


@DBOS.workflow()
def reserve_trip(guest: str, night: str) -> Reservation | None:
    flight = book_flight(guest, night)
    room = pick_room(rooms, night)
    if room is None:
        cancel_flight(flight)
        return None
    quote: Quote = quote_for(night, nights=1)
    DBOS.set_event("quote", quote.total)
    try:
        book_room(room, night, guest)
    except Exception:
        cancel_flight(flight)
        raise
    return Reservation(guest, night, room)  # flags: DBS104
