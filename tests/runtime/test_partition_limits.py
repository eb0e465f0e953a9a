"""Limits of partitions over several processes, asked of the database as each process asks."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence

import pytest

from dbos import DBOS, Queue, SetWorkflowID
from dbos.kernel import runtime, seam
from dbos.system import queues
from dbos.system.queues import Bounds, Dequeue
from dbos.testing import SkippingSeam

LONGEST_LOOK_SECONDS = 60


@pytest.fixture
def waiting(database_url: str) -> Iterator[None]:
    """Six workflows of two partitions on a queue that this process does not serve."""
    DBOS.destroy(destroy_registry=True)
    queue = Queue("shared", partition_concurrency=9)

    @DBOS.workflow()
    def workflow() -> None: ...

    DBOS(config={"name": "partitions", "system_database_url": database_url})
    DBOS.listen_queues([])
    DBOS.launch()
    for number, key in enumerate("ababab"):
        with SetWorkflowID(f"{key}{number}"):
            queue.enqueue(workflow, partition_key=key)
    yield
    DBOS.destroy(destroy_registry=True)


def _take(process: str, each: Bounds, overall: Bounds = Bounds()) -> list[str]:  # noqa: B008
    now = runtime.active()
    asked = Dequeue(
        queue_name="shared",
        most=100,
        overall=overall,
        each=each,
        by_partition=True,
        owner=f"{process}/1",
        executor_id="local",
        application_version=now.application_version,
        workflow_versions={},
    )
    taken = now.system.save(queues.dequeue(now.system.language, asked))
    return [one.workflow_id for one in taken.workflows]


@pytest.mark.usefixtures("waiting")
def test_a_bound_over_all_processes_counts_what_the_others_run() -> None:
    each = Bounds(concurrency=2)
    assert _take("first", each) == ["a0", "b1", "a2", "b3"]
    assert _take("second", each) == []


@pytest.mark.usefixtures("waiting")
def test_a_bound_in_each_process_counts_what_this_one_runs() -> None:
    each = Bounds(here=1)
    assert _take("first", each) == ["a0", "b1"]
    assert _take("first", each) == []
    assert _take("second", each) == ["a2", "b3"]


@pytest.mark.usefixtures("waiting")
def test_a_limiter_of_partitions_counts_the_starts_of_all_processes() -> None:
    each = Bounds(limit=2, period_ms=60_000)
    assert _take("first", each, Bounds(concurrency=3)) == ["a0", "b1", "a2"]
    assert _take("second", each) == ["b3"]
    assert _take("third", each) == []


class Outage(SkippingSeam):
    """A world in which the database goes away for ten minutes when it is first asked for work."""

    def __init__(self) -> None:
        super().__init__()
        self.is_over = False

    def before_commit(self, writes: Sequence[str]) -> None:
        if not self.is_over and "dequeue from 'shared'" in writes:
            self.is_over = True
            self.skip(600)
            raise sqlite3.OperationalError("the database is busy, as both say in some way")


@pytest.mark.usefixtures("waiting")
def test_a_start_counts_from_when_it_happened_also_after_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outage = Outage()
    monkeypatch.setattr(seam, "current", outage)
    overall = Bounds(limit=2, period_ms=60_000)
    assert _take("first", Bounds(), overall) == ["a0", "b1"]
    assert outage.is_over
    assert _take("second", Bounds(), overall) == []


@pytest.mark.usefixtures("waiting")
def test_what_is_cancelled_while_it_is_taken_stays_cancelled() -> None:
    """On SQLite one writes after the other; on Postgres the look passes over the row."""
    system = runtime.active().system
    cancelling = system.database.open()
    table = system.language.tables.workflow_status
    cancelling.begin()
    cancelling.connection.execute(
        f"UPDATE {table} SET status = 'CANCELLED' WHERE workflow_uuid = 'a0'"
    )
    taken: list[list[str]] = []
    taking = threading.Thread(target=lambda: taken.append(_take("first", Bounds(concurrency=1))))
    taking.start()
    if not system.language.is_sqlite:
        taking.join(LONGEST_LOOK_SECONDS)
        assert taken == [["b1"]]
    cancelling.commit()
    cancelling.close()
    taking.join(LONGEST_LOOK_SECONDS)
    assert "a0" not in taken[0]
    assert _take("first", Bounds(concurrency=1)) == ([] if system.language.is_sqlite else ["a2"])
    assert DBOS.retrieve_workflow("a0").get_status().status == "CANCELLED"
