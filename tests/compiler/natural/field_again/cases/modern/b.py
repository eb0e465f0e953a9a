"""The spelling of the current releases: datasources, stored schedules and registered queues."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from dbos import AsyncSQLAlchemyDatasource, DBOS, DBOSClient, SQLAlchemyDatasource, StepOptions
from sqlalchemy import text

ds = SQLAlchemyDatasource.create("postgresql://x")
ads = AsyncSQLAlchemyDatasource.create("postgresql+asyncpg://x")


@ds.transaction(isolation_level="READ COMMITTED")
def add(name: str) -> int:
    session = ds.sql_session()
    row = session.execute(text("insert into t values (:n) returning id"), {"n": name})
    return row.scalar_one()


@ads.transaction
async def aadd(name: str) -> int:
    session = ads.sql_session()
    result = await session.execute(text("select 1"))
    await session.commit()  # flags: DBS807
    return result.scalar_one()


def total() -> int:
    return ds.sql_session().execute(text("select count(*) from t")).scalar_one()  # flags: DBS805


@DBOS.workflow()
def flow(name: str) -> int:
    number = add(name)
    counted = ds.run_tx_step({"name": "total"}, total)
    return number + counted + total()


@DBOS.workflow()
async def aflow(name: str) -> int:
    number = await aadd(name)
    other = await DBOS.run_step_async(StepOptions(name="fetch"), fetch, name)
    lost = aadd(name)  # flags: DBS406
    state = DBOS.get_workflow_status(name)  # flags: DBS809
    return number + other


async def fetch(name: str) -> int:
    await asyncio.sleep(1)
    return len(name)


@DBOS.workflow()
def scheduled(at: datetime, context: Any) -> None:
    DBOS.sleep(seconds=1)
    DBOS.recv("topic", timeout=3)  # flags: DBS821


def start() -> None:
    DBOS.launch()
    DBOS.register_queue("mails", worker_concurrency=3)
    DBOS.create_schedule(schedule_name="nightly", workflow_fn=scheduled, schedule="0 3 * * *")
    DBOS.create_schedule(schedule_name="nightly", workflow=scheduled, schedule="0 3 * * *")  # flags: DBS821
    DBOS.enqueue_workflow("mails", flow, "x")


def from_outside(client: DBOSClient) -> Any:
    handle = client.enqueue({"workflow_name": "flow", "queue_name": "mails"}, "x")
    client.send(handle.workflow_id, topic="x")  # flags: DBS821
    return handle.get_result()
