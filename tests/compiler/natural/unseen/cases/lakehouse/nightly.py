from __future__ import annotations

import math
from datetime import date, datetime

import polars as pl
from dbos import DBOS, Queue

from lake import SCHEMA, days, partitions, summarize, warehouse

loads = Queue("loads", worker_concurrency=2)


@DBOS.step(retries_allowed=True, max_attempts=5)
def load(path: str) -> list[dict[str, int]]:
    return pl.read_parquet(path).to_dicts()


@DBOS.step()
def publish(day: str, total: int) -> None:
    with warehouse(read_only=False) as connection:
        connection.execute("insert into totals values (?, ?)", [day, total])


@DBOS.workflow()
def load_day(day: str) -> int:
    rows = load(partitions(date.fromisoformat(day)))
    frame = pl.DataFrame(rows, schema=SCHEMA)
    total = summarize(frame)["total"].sum()
    publish(day, math.floor(total))
    return int(total)


@DBOS.workflow()
def backfill(first: str, last: str) -> int:
    handles = [
        loads.enqueue(load_day, day.isoformat())
        for day in days(date.fromisoformat(first), date.fromisoformat(last))
    ]
    return sum(handle.get_result() for handle in handles)


@DBOS.workflow()
def reconcile() -> list[str]:
    with warehouse() as connection:
        missing = connection.execute("select day from expected").fetchall()  # flags: DBS205
    names = {row[0] for row in missing}
    handles = [loads.enqueue(load_day, name) for name in names]  # flags: DBS501
    return sorted(str(handle.get_result()) for handle in handles)


@DBOS.scheduled("0 3 * * *")
@DBOS.workflow()
def nightly(scheduled: datetime, actual: datetime) -> None:
    yesterday = scheduled.date().replace(day=1)
    backfill(yesterday.isoformat(), scheduled.date().isoformat())
    frame = pl.scan_parquet(f"totals-{yesterday}.parquet")  # maybe: DBS203
    latest = frame.select(pl.len()).collect().item()  # maybe: DBS203
    if latest == 0:
        publish(date.today().isoformat(), 0)  # flags: DBS001
