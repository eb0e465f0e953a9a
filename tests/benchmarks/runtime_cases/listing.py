"""A database that holds a hundred thousand workflows: listing, paging, and running on top of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bench import Bench
from dbos import DBOS, SetWorkflowID
from rows import copy_workflow, raw, scalar, table
from timing import milliseconds_each, rate

ROWS, PENDING = 100_000, 10
PAGE = 100
RUNS = 100


@DBOS.step()
def step(number: int) -> int:
    """As little as possible."""
    return number


@DBOS.workflow()
def working(number: int) -> int:
    """One step."""
    return step(number)


def fill(bench: Bench) -> None:
    """A hundred thousand workflows that have ended, a second apart, and ten that have not."""
    with SetWorkflowID("ended"):
        working(0)
    past = {name: f"{name} - 1000 * n.i" for name in ("created_at", "updated_at", "completed_at")}
    copy_workflow(bench.url, "ended", ROWS, **past)
    spread = "".join(f" OR workflow_uuid = 'ended-{9000 * each + 1}'" for each in range(PENDING))
    with raw(bench.url) as connection:
        # Those of another executor, so that nobody here goes on with them.
        connection.execute(
            f"UPDATE {table(bench.url, 'workflow_status')} SET status = 'PENDING',"
            " executor_id = 'elsewhere', application_version = '0'"
            f" WHERE workflow_uuid = ''{spread}"
        )


def run_all() -> None:
    """Workflows of one step each, one after the other."""
    for number in range(RUNS):
        working(number)


def measure(bench: Bench) -> dict[str, float]:
    """Milliseconds of one page, and workflows per second."""
    bench.launch()
    working(0)
    empty = rate(RUNS, run_all)
    fill(bench)
    status = table(bench.url, "workflow_status")
    middle = scalar(
        bench.url, f"SELECT created_at FROM {status} WHERE workflow_uuid = 'ended-{ROWS // 2}'"
    )
    until = datetime.fromtimestamp(middle / 1000, tz=UTC).isoformat()
    newest: dict[str, Any] = {"limit": PAGE, "sort_desc": True}
    return {
        "newest 100 ms": milliseconds_each(lambda: DBOS.list_workflows(**newest)),
        "100 by time from the middle ms": milliseconds_each(
            lambda: DBOS.list_workflows(end_time=until, **newest)
        ),
        "100 at offset 50,000 ms": milliseconds_each(
            lambda: DBOS.list_workflows(offset=ROWS // 2, **newest)
        ),
        "10 pending ms": milliseconds_each(
            lambda: DBOS.list_workflows(status="PENDING", limit=PENDING)
        ),
        "workflows of one step /s": rate(RUNS, run_all),
        "the same in an empty database /s": empty,
    }
