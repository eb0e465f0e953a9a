"""What a question costs does not grow with the table: work is counted, not timed.

On SQLite the work is the number of steps of its virtual machine, on Postgres the number of rows
that were read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue
from dbos.kernel import runtime, seam
from dbos.system import SystemDatabase, awaited, pending, queues, workflows
from dbos.system.engine import Session
from dbos.system.queues import Bounds, Dequeue
from support.services_by_hand import services_by_hand

SHORT, LONG = 300, 6_000
PAGE = 50


@pytest.fixture
def system(config: DBOSConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemDatabase]:
    """A launched runtime with one waiting workflow, and nothing that asks beside the test."""
    queue = Queue("long")

    @DBOS.workflow()
    def workflow() -> None: ...

    with services_by_hand(monkeypatch):
        DBOS(config={**config, "use_listen_notify": False})
        DBOS.launch()
        queue.enqueue(workflow)
        yield runtime.active().system


def copies(system: SystemDatabase, status: str, first: int, count: int) -> None:
    """So many further workflows in a status, each younger than the one before."""
    table = system.language.tables.workflow_status
    instead = {
        "workflow_uuid": f"'{status}-' || i",
        "status": f"'{status}'",
        "arrival": "arrival + i",
        "created_at": "created_at + i",
        "owner_xid": "'somebody/1'",
    }
    if status == "PENDING":
        instead["queue_name"] = "NULL"
    names = [column.name for column in table.columns]
    values = ", ".join(instead.get(name, name) for name in names)
    numbers = f"generate_series({first}, {first + count - 1}) AS numbers(i)"
    prelude = ""
    if system.language.is_sqlite:
        prelude = (
            f"WITH RECURSIVE numbers(i) AS (SELECT {first} UNION ALL"
            f" SELECT i + 1 FROM numbers WHERE i < {first + count - 1})"
        )
        numbers = "numbers"
    session = system.database.open()
    session.connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) {prelude}"
        f" SELECT {values} FROM {table}, {numbers} WHERE status = 'ENQUEUED'"
        " AND workflow_uuid NOT LIKE 'ENQUEUED-%'".replace("%", "%" if prelude else "%%")
    )
    session.connection.execute("ANALYZE" if prelude else f"ANALYZE {table}")
    session.close()


def work(system: SystemDatabase, ask: Callable[[SystemDatabase], Any]) -> int:
    """How much the database did to answer."""
    ask(system)
    with system.database.reader() as reading:
        writing = system.committer._session
    sessions = [reading, *([writing] if writing is not None else [])]
    measure = _steps if system.language.is_sqlite else _rows_read
    return measure(system, ask, sessions)


def _steps(
    system: SystemDatabase, ask: Callable[[SystemDatabase], Any], sessions: list[Session]
) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    for session in sessions:
        session.connection.set_progress_handler(count, 1)
    try:
        ask(system)
    finally:
        for session in sessions:
            session.connection.set_progress_handler(None, 1)
    return steps


def _rows_read(
    system: SystemDatabase, ask: Callable[[SystemDatabase], Any], sessions: list[Session]
) -> int:
    asked: list[tuple[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        for session in sessions:
            patch.setattr(session, "connection", _Listening(session.connection, asked))
        ask(system)
    # Asked again on the same rows, which the first answer has not taken.
    explaining = system.database.open()
    rows = 0
    for sql, parameters in asked:
        explaining.connection.execute("BEGIN")
        plan = explaining.connection.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters
        ).fetchone()[0]
        explaining.connection.execute("ROLLBACK")
        rows += _rows_of(plan[0]["Plan"])
    explaining.close()
    return rows


def _rows_of(node: dict[str, Any]) -> int:
    inner = sum(map(_rows_of, node.get("Plans", ())))
    if node.get("Relation Name") != "workflow_status" or "Scan" not in node["Node Type"]:
        return inner
    touched = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return inner + int(touched * node["Actual Loops"])


class _Listening:
    """A connection that notes what is asked of it."""

    def __init__(self, connection: Any, asked: list[tuple[str, Any]]) -> None:
        self._connection = connection
        self._asked = asked

    def execute(self, sql: str, parameters: Any = None) -> Any:
        if sql not in ("BEGIN", "COMMIT", "ROLLBACK"):
            self._asked.append((sql, parameters))
        return self._connection.execute(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def take(*bounds: Bounds, by_partition: bool = False) -> Callable[[SystemDatabase], Any]:
    overall = bounds[0] if bounds else Bounds()

    def ask(system: SystemDatabase) -> Any:
        now = runtime.active()
        asked = Dequeue(
            queue_name="long",
            most=PAGE,
            overall=overall,
            each=Bounds(),
            by_partition=by_partition,
            owner=now.new_owner(),
            executor_id=now.executor_id,
            application_version=now.application_version,
            workflow_versions={},
            now=seam.now_ms(),
        )
        taken = system.save(queues.dequeue(system.language, asked))
        assert len(taken.workflows) == PAGE

    return ask


def orphans(system: SystemDatabase) -> Any:
    asked = pending.read_orphans(
        system.language, ["alive"], application_version="other", workflow_versions=[]
    )
    assert system.read(asked) == []


def news(system: SystemDatabase) -> Any:
    keys = [("queue", "long"), ("workflow", "SUCCESS-1"), ("message", "SUCCESS-1", "")]
    if not system.language.is_sqlite:
        assert len(system.read(awaited.read_news(keys, seam.now_ms()))) == 2


QUESTIONS: dict[str, Callable[[SystemDatabase], Any]] = {
    "a batch": take(),
    "a batch under limits": take(Bounds(concurrency=1000, limit=1000, period_ms=60_000)),
    "how one ended": lambda system: system.read(workflows.read_ending("SUCCESS-7")),
    "the newest page": lambda system: DBOS.list_workflows(limit=PAGE, sort_desc=True),
    "the oldest page": lambda system: DBOS.list_workflows(limit=PAGE),
    "those that run": lambda system: DBOS.list_workflows(status="PENDING", limit=PAGE),
    "those that wait": lambda system: DBOS.list_queued_workflows(limit=PAGE),
    "orphans": orphans,
    "news of what is waited for": news,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_a_question_costs_does_not_grow_with_the_table(
    system: SystemDatabase, question: str
) -> None:
    for status in ("SUCCESS", "ENQUEUED"):
        copies(system, status, 1, SHORT)
    short = work(system, QUESTIONS[question])
    for status in ("SUCCESS", "ENQUEUED"):
        copies(system, status, 1 + SHORT, LONG)
    assert work(system, QUESTIONS[question]) <= 1.5 * short + PAGE
