"""Questions about the application that nobody records."""

from __future__ import annotations

from dbos import DBOS, Queue

RUNNABLE = False
queue = Queue("orders")


@DBOS.step()
def handle(text: str) -> str:
    return text


@DBOS.workflow()
def upgrade(name: str) -> str:
    latest = DBOS.get_latest_application_version()  # flags: DBS205
    if len(DBOS.list_application_versions()) > 1:  # flags: DBS205
        handle(name)
    return str(latest)


@DBOS.workflow()
def spread(name: str) -> int:
    for each in DBOS.list_queues():  # flags: DBS205
        handle(each.name)
    return 0 if DBOS.retrieve_queue(name) is None else 1  # flags: DBS205


@DBOS.workflow()
async def tune(name: str) -> int:
    limit = await queue.get_concurrency_async()  # flags: DBS205
    return limit or len(await DBOS.list_queues_async())  # flags: DBS205
