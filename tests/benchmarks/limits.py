"""The floor: what the database itself takes for the bytes that a case of `runtime.py` writes.

Run: `python tests/benchmarks/limits.py [--case NAME …] [--database sqlite|postgres] [--url URL]`.
It uses the drivers alone, no line of the runtime: rows of the same shape, committed as often as
durability demands, at the same settings (SQLite in WAL mode with synchronous=FULL, Postgres as
`databases` demands). `runtime.py` runs it beside the cases, in the same alternating run, and says
what share of it the runtime reaches. A figure has the name of the figure that it bounds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from databases import KINDS, databases

STEPS = 500
TABLES = """
CREATE TABLE steps (
    workflow_uuid TEXT NOT NULL, function_id INTEGER NOT NULL, function_name TEXT NOT NULL,
    output TEXT, error TEXT, serialization TEXT, child_workflow_id TEXT,
    started_at_epoch_ms BIGINT, completed_at_epoch_ms BIGINT, position TEXT, input_digest TEXT,
    PRIMARY KEY (workflow_uuid, function_id));
CREATE TABLE workflows (
    workflow_uuid TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL, name TEXT NOT NULL,
    inputs TEXT, output TEXT, serialization TEXT, executor_id TEXT, owner_xid TEXT,
    application_version TEXT, queue_name TEXT, priority INTEGER NOT NULL, arrival BIGINT,
    started_at_epoch_ms BIGINT, created_at BIGINT, updated_at BIGINT);
CREATE INDEX by_status ON workflows (status, created_at);
CREATE INDEX by_queue ON workflows (queue_name, status, priority, arrival);
CREATE TABLE rows (number INTEGER);
"""
STEP = "INSERT INTO steps VALUES (?, ?, 'step', ?, NULL, 'json', NULL, ?, ?, ?, 'd41d8cd98f00')"
WORKFLOW = (
    "INSERT INTO workflows VALUES (?, ?, 'empty', '{\"args\":[1],\"kwargs\":{}}', NULL, 'json',"
    " 'local', '0f151fb50b0b42f8/2', '1', ?, 0, ?, NULL, ?, ?)"
)
ENDED = (
    "UPDATE workflows SET status = 'SUCCESS', output = '1', updated_at = ? WHERE workflow_uuid = ?"
)


@dataclass(frozen=True, slots=True)
class Raw:
    """One driver connection in autocommit mode, and a counter for keys."""

    connection: Any
    is_sqlite: bool
    numbers: itertools.count[int]

    def run(self, sql: str, *values: object) -> Any:
        """Execute one statement, which is its own transaction outside of `together`."""
        spelled = sql if self.is_sqlite else sql.replace("?", "%s")
        return self.connection.execute(spelled, values)

    def many(self, sql: str, rows: list[tuple[object, ...]]) -> None:
        """Execute a statement for each row, in one transaction."""
        self.run("BEGIN")
        if self.is_sqlite:
            self.connection.executemany(sql, rows)
        else:
            with self.connection.cursor() as cursor:
                cursor.executemany(sql.replace("?", "%s"), rows)
        self.run("COMMIT")

    def step_row(self, output: str = "1") -> tuple[object, ...]:
        """A new record of a step."""
        number, now = next(self.numbers), int(time.time() * 1000)
        return ("38dd56b8-6000-46b0-868b-ae90db02d8e6", number, output, now, now, str(number))

    def workflow_row(self, status: str, queue: str | None) -> tuple[object, ...]:
        """A new workflow."""
        number, now = next(self.numbers), int(time.time() * 1000)
        return (f"38dd56b8-6000-46b0-868b-{number:012}", status, queue, now * 1000, now, now)


def connect(url: str) -> Raw:
    """Open a new database with tables of the same shape, synced at each commit."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        connection: Any = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    else:
        connection = psycopg.connect(url, autocommit=True)
    for sql in TABLES.strip().split(";\n"):
        connection.execute(sql)
    return Raw(connection, url.startswith("sqlite"), itertools.count(1))


def rate(count: int, each: Callable[[], object], per_call: int = 1) -> float:
    """How many per second, when `each` does `per_call` of them."""
    start = time.perf_counter()
    for _ in range(count // per_call):
        each()
    return count / (time.perf_counter() - start)


def steps(raw: Raw) -> dict[str, float]:
    """One commit for each step of a lone workflow; one for fifty steps of fifty workflows."""

    def one(size: int = 1) -> None:
        raw.run(STEP, *raw.step_row("x" * size))

    one()
    return {
        "sequential /s": rate(STEPS, one),
        "50 workflows × 20 /s": rate(1000, lambda: fifty(raw), 50),
        "results of 1 kB /s": rate(200, lambda: one(1000)),
        "results of 1 MB /s": rate(20, lambda: one(1_000_000)),
    }


def fifty(raw: Raw) -> None:
    """What fifty workflows can commit together."""
    raw.many(STEP, [raw.step_row() for _ in range(50)])


def async_steps(raw: Raw) -> dict[str, float]:
    """The same commits; a hundred coroutines share one."""
    hundred = 100
    return {
        "sequential /s": rate(300, lambda: raw.run(STEP, *raw.step_row())),
        "100 workflows × 20 /s": rate(
            2000, lambda: raw.many(STEP, [raw.step_row() for _ in range(hundred)]), hundred
        ),
    }


def calls(raw: Raw) -> dict[str, float]:
    """Two commits for each workflow: its row, and its end; one more for the parent's record."""

    def call() -> None:
        row = raw.workflow_row("PENDING", None)
        raw.run(WORKFLOW, *row)
        raw.run(ENDED, 1, row[0])

    def child() -> None:
        call()
        raw.run(STEP, *raw.step_row())

    return {"sequential /s": rate(300, call), "children /s": rate(100, child)}


def transactions(raw: Raw) -> dict[str, float]:
    """The user's row and the record in one transaction."""

    def one() -> None:
        raw.run("BEGIN")
        raw.run("INSERT INTO rows VALUES (?)", 1)
        raw.run(STEP, *raw.step_row())
        raw.run("COMMIT")

    return {"sequential /s": rate(200, one)}


def queue_drain(raw: Raw) -> dict[str, float]:
    """One commit for each enqueued row; claim and completion of a hundred share two."""
    rows = [raw.workflow_row("ENQUEUED", "work") for _ in range(1000)]
    raw.many(WORKFLOW, rows)
    taken = iter([rows[start : start + 100] for start in range(0, 1000, 100)])

    def hundred() -> None:
        batch = next(taken)
        claim = "UPDATE workflows SET status = 'PENDING', owner_xid = ? WHERE workflow_uuid = ?"
        raw.many(claim, [("0f151fb50b0b42f8/3", row[0]) for row in batch])
        raw.many(ENDED, [(1, row[0]) for row in batch])

    return {
        "drain /s": rate(1000, hundred, 100),
        "enqueue /s": rate(300, lambda: raw.run(WORKFLOW, *raw.workflow_row("ENQUEUED", "work"))),
    }


def queue_limits(raw: Raw) -> dict[str, float]:
    """Workflows that pass one by one: a claim and a completion each; with a limit, in its size."""

    def batch(size: int) -> Callable[[], None]:
        def run() -> None:
            rows = [raw.workflow_row("PENDING", "work") for _ in range(size)]
            raw.many(WORKFLOW, rows)
            raw.many(ENDED, [(1, row[0]) for row in rows])

        return run

    return {
        "concurrency=1 /s": rate(300, batch(1)),
        "worker_concurrency=5 /s": rate(500, batch(5), 5),
        "worker_concurrency=10 /s": rate(500, batch(10), 10),
    }


def communication(raw: Raw) -> dict[str, float]:
    """The commits in a row: two sends and two receipts; with an event in place of one, three."""

    def commits(count: int) -> float:
        return count * 1000 / rate(count * 50, lambda: raw.run(STEP, *raw.step_row()))

    return {"message there and back ms": commits(4), "message there, event back ms": commits(3)}


def latency(raw: Raw) -> dict[str, float]:
    """The commits between enqueue and start (two) and result (three)."""
    each = 1000 / rate(100, lambda: raw.run(STEP, *raw.step_row()))
    return {"idle enqueue to start ms": 2 * each, "idle enqueue to result ms": 3 * each}


def recovery(raw: Raw) -> dict[str, float]:
    """Reading the records in one query and claiming in one commit."""
    raw.many(STEP, [raw.step_row() for _ in range(10_000)])
    start = time.perf_counter()
    raw.run("SELECT * FROM steps ORDER BY function_id").fetchall()
    return {"one workflow of 10,000 recorded steps s": time.perf_counter() - start}


def listing(raw: Raw) -> dict[str, float]:
    """A hundred rows in the order of an index."""
    raw.many(WORKFLOW, [raw.workflow_row("SUCCESS", None) for _ in range(20_000)])
    raw.run("ANALYZE")
    page = "SELECT * FROM workflows WHERE status = 'SUCCESS' ORDER BY created_at DESC LIMIT 100"
    each = 1000 / rate(50, lambda: raw.run(page).fetchall())
    return {"newest 100 ms": each}


FLOORS: dict[str, Callable[[Raw], dict[str, float]]] = {
    floor.__name__: floor
    for floor in (
        *(steps, async_steps, calls, transactions, queue_drain, queue_limits, communication),
        *(latency, recovery, listing),
    )
}


def main() -> None:
    """Measure all floors, or one in the database that `runtime.py` gives."""
    if len(sys.argv) == 3 and "://" in sys.argv[2]:
        floor = FLOORS.get(sys.argv[1])
        print(json.dumps(floor(connect(sys.argv[2])) if floor else {}))
        return
    parser = argparse.ArgumentParser(description="What the database itself can do.")
    parser.add_argument("--case", action="append", choices=sorted(FLOORS))
    parser.add_argument("--database", action="append", choices=KINDS)
    parser.add_argument("--url", help="Postgres server to make databases in")
    chosen = parser.parse_args()
    for kind in chosen.database or KINDS:
        with databases(kind, chosen.url) as source:
            for case in chosen.case or sorted(FLOORS):
                with source.new() as url:
                    raw = connect(url)
                    for name, value in FLOORS[case](raw).items():
                        print(f"{kind:<10}{case}: {name:<44}{value:>14,.2f}", flush=True)
                    raw.connection.close()


if __name__ == "__main__":
    main()
