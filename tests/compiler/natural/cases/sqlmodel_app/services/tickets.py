from __future__ import annotations

from dbos import DBOS
from sqlmodel import select

from db import session
from models import Ticket, TicketRequest


class SeatTaken(Exception):
    def __init__(self, seat: str) -> None:
        super().__init__(seat)
        self.seat = seat


@DBOS.transaction()
def hold(request: TicketRequest) -> str:
    taken = DBOS.sql_session.execute(select(Ticket).where(Ticket.seat == request.seat)).first()
    if taken:
        raise SeatTaken(request.seat)
    ticket = Ticket(seat=request.seat, owner=request.owner)  # maybe: DBS806
    DBOS.sql_session.add(ticket)
    DBOS.sql_session.flush()
    return str(ticket.id)


def free_seats() -> list[str]:
    with session() as db:
        return [ticket.seat for ticket in db.exec(select(Ticket).where(Ticket.owner == None)).all()]  # noqa: E711  # flags: DBS205


def audit(seat: str, what: str) -> None:
    with session() as db:
        db.add(Ticket(seat=seat, owner=what))  # flags: DBS006 DBS104
        db.commit()  # flags: DBS205
