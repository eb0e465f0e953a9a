from __future__ import annotations

import random as rnd
from datetime import datetime

from catalog import Client, Clock, Session, Shelf, input, time, uuid4
from dbos import DBOS


@DBOS.step()
def read_clock() -> datetime:
    return datetime.now()


@DBOS.step()
def draw(count: int) -> int:
    return rnd.randrange(count)


@DBOS.workflow()
def lend(book: str, reader: str) -> str:
    clock = Clock(read_clock())
    clock.advance(days=14)
    session = Session()
    session.execute({"book": book, "reader": reader, "due": clock.now()})
    session.commit()
    found = list(session.query(book=book))
    client = Client()
    client.post("/lend", client.get("/x"))
    shelf = Shelf([book])
    time.sleep(5)
    return f"{shelf.open(book)} {shelf.random()} {uuid4()} {input('?')} {len(found)}"


@DBOS.workflow()
def lottery(names: list[str], seed: int) -> list[str]:
    generator = rnd.Random(seed)
    winner = names[draw(len(names))]
    rest = [name for name in names if name != winner]
    generator.shuffle(rest)
    unique = set(rest)
    if winner in unique or len(unique) != len(rest) or any(name == "" for name in unique):
        return []
    return [winner, *sorted(unique)]
