from __future__ import annotations

import asyncio
from datetime import datetime
from functools import cache

from dbos import DBOS, Queue, SetWorkflowID, WorkflowHandle
from fastapi import FastAPI

app = FastAPI()
jobs = Queue("jobs", concurrency=5)
jobs_again = Queue("jobs", concurrency=9)  # flags: DBS811


class Broken(Exception):
    def __init__(self, code: int, reason: str) -> None:  # flags: DBS853
        super().__init__(f"{code}: {reason}")
        self.code = code


@DBOS.workflow()
def child(name: str) -> str:
    return name


@DBOS.transaction()
def save(name: str) -> str:
    inner(name)  # flags: DBS802
    return name


@DBOS.transaction()
def inner(name: str) -> str:
    return name


@DBOS.step()
def launch(name: str) -> str:
    handle: WorkflowHandle[str] = DBOS.start_workflow(child, name)  # flags: DBS801
    return handle.get_result()  # maybe: DBS801 DBS803


@DBOS.step()
def pause(name: str) -> str:
    DBOS.sleep(3)  # flags: DBS803
    return name


@DBOS.step()
async def notify(name: str) -> str:
    return name


@cache
def cached(name: str) -> str:  # flags: DBS608
    return save(name)


@DBOS.workflow()
async def mixed(name: str) -> str:
    DBOS.sleep(1)  # flags: DBS809
    notify(name)  # flags: DBS406
    answer = await DBOS.recv_async("go")
    task = asyncio.ensure_future(notify(name))
    task.add_done_callback(lambda done: DBOS.set_event("done", 1))  # flags: DBS409
    return f"{answer} {await task}"


@DBOS.workflow()
def wrong(name: str, names: list[str]) -> str:
    jobs.enqueue(child(name))  # flags: DBS820
    queue = Queue("inner")  # flags: DBS810
    queue.enqueue(child, name, 3)  # flags: DBS821
    for each in names:
        with SetWorkflowID("same"):  # flags: DBS823
            DBOS.start_workflow(child, each)
    if not name:
        raise Broken(3, name)
    return cached(name)


@app.get("/{name}")
def endpoint(name: str) -> str:
    DBOS.set_event("seen", name)  # flags: DBS804
    return DBOS.start_workflow(wrong, name, []).workflow_id


@DBOS.scheduled("61 * * * *")
@DBOS.workflow()
def hourly(scheduled: datetime, actual: datetime) -> None:  # flags: DBS816
    child(scheduled.isoformat())


@DBOS.workflow()
def swallow(name: str) -> str:
    try:
        return child(name)
    except BaseException:  # flags: DBS819
        return "stopped"


@DBOS.workflow()
def careful(name: str) -> str:
    try:
        return child(name)
    except Exception as error:
        return str(error)


@DBOS.workflow()
def forever(name: str) -> None:
    while True:  # flags: DBS707
        launch(name)
