from __future__ import annotations

from dbos import DBOS, DBOSConfig, Queue
from fastapi import Depends, FastAPI
from sqlmodel import Session

from db import init_db, session
from models import TicketRequest
from services.notify import alert, confirm
from services.tickets import SeatTaken, audit, free_seats, hold

app = FastAPI()
config: DBOSConfig = {"name": "tickets"}
DBOS(fastapi=app, config=config)
sales = Queue("sales", concurrency=1)


@DBOS.workflow()
def buy(request: TicketRequest) -> str:
    try:
        ticket = hold(request)
    except SeatTaken as error:
        alert(f"{error.seat} is taken")
        return "taken"
    confirm(request.owner, ticket)
    audit(request.seat, "sold")
    return ticket


@DBOS.workflow()
def buy_any(owner: str) -> str:
    for seat in free_seats():
        handle = sales.enqueue(buy, TicketRequest(seat=seat, owner=owner))
        if handle.get_result() != "taken":
            return seat
    return "sold out"


def get_db():
    with session() as db:
        yield db


@app.post("/buy")
def endpoint(request: TicketRequest, db: Session = Depends(get_db)) -> dict[str, str]:
    handle = DBOS.start_workflow(buy, request)
    return {"id": handle.workflow_id}
