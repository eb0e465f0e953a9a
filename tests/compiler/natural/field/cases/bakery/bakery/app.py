from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from dbos import DBOS, DBOSConfig, Queue, SetWorkflowID
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Loaf, Order
from .pricing import price_of

config: DBOSConfig = {"name": "bakery", "system_database_url": os.environ.get("DB")}
DBOS(config=config)
ovens = Queue("ovens", concurrency=3)


@asynccontextmanager
async def lifespan(app: FastAPI):
    DBOS.launch()
    yield
    DBOS.destroy()


app = FastAPI(lifespan=lifespan)


class OrderIn(BaseModel):
    loaf: str
    count: int = 1


def utcnow() -> datetime:
    return datetime.now(timezone.utc)  # flags: DBS001


@DBOS.transaction()
def save_order(loaf: str, count: int, price: int, at: str) -> int:
    order = Order(loaf=loaf, count=count, price=price, at=at)
    DBOS.sql_session.add(order)
    DBOS.sql_session.flush()
    return order.id


@DBOS.transaction()
def stock(loaf: str) -> int:
    row = DBOS.sql_session.execute(select(Loaf).where(Loaf.name == loaf)).scalar_one_or_none()
    return row.stock if row else 0


@DBOS.workflow()
def bake(loaf: str, count: int) -> int:
    if stock(loaf) < count:
        DBOS.sleep(60 * count)
    price = price_of(loaf, count)
    return save_order(loaf, count, price, utcnow().isoformat())


@app.post("/orders")
def order(body: OrderIn) -> dict[str, str]:
    with SetWorkflowID(f"order-{body.loaf}-{utcnow().timestamp()}"):
        handle = ovens.enqueue(bake, body.loaf, body.count)
    return {"id": handle.workflow_id}


@app.get("/orders/{key}")
def status(key: str) -> dict[str, str]:
    found = DBOS.get_workflow_status(key)
    if found is None:
        raise HTTPException(404)
    return {"status": found.status}
