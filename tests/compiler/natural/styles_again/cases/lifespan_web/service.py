from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
from dbos import DBOS, SetWorkflowID
from fastapi import BackgroundTasks, FastAPI, Header, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool


@dataclass
class State:
    http: httpx.AsyncClient
    retries: int = 3


state: State | None = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    global state
    async with httpx.AsyncClient() as http:
        state = State(http)
        yield


app = FastAPI(lifespan=lifespan)


class Order(BaseModel):
    name: str
    key: UUID | None = None


@DBOS.step()
async def notify(name: str) -> int:
    assert state is not None
    return (await state.http.post("/notify", json={"name": name})).status_code


@DBOS.workflow()
async def process(name: str, key: str) -> int:
    return await notify(f"{name}-{key}")


@DBOS.workflow()
async def process_here(name: str) -> int:
    assert state is not None  # flags: DBS603
    answer = await state.http.get("/stock")  # flags: DBS202 DBS603
    return answer.status_code + state.retries  # flags: DBS603


@DBOS.workflow()
async def process_anew(name: str) -> str:
    key = uuid4()  # flags: DBS104
    handle = await DBOS.start_workflow_async(process, name, str(key))
    return handle.workflow_id


@app.post("/orders")
async def create(
    order: Order, request: Request, tasks: BackgroundTasks, key: str = Header("x")
) -> dict[str, str]:
    with SetWorkflowID(str(order.key or uuid4())):
        handle = await DBOS.start_workflow_async(process, order.name, key)
    tasks.add_task(print, handle.workflow_id)
    await run_in_threadpool(print, request.url)
    return {"id": handle.workflow_id}
