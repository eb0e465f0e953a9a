"""What a question costs does not grow with the table: work is counted, not timed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue
from dbos.kernel import runtime, seam
from dbos.system import SystemDatabase, awaited, in_flight, pending, queues, workflows
from dbos.system.queues import Bounds, Dequeue
from support.services_by_hand import services_by_hand
from support.work import Question, copies, end_all, work

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


def take(*bounds: Bounds) -> Question:
    overall = bounds[0] if bounds else Bounds()

    def ask(system: SystemDatabase) -> Any:
        now = runtime.active()
        asked = Dequeue(
            queue_name="long",
            most=PAGE,
            overall=overall,
            each=Bounds(),
            by_partition=False,
            owner=now.new_owner(),
            executor_id=now.executor_id,
            application_version=now.application_version,
            workflow_versions={},
        )
        taken = system.save(queues.dequeue(system.language, asked))
        assert len(taken.workflows) == PAGE

    return ask


def orphans(system: SystemDatabase) -> Any:
    asked = pending.read_orphans(
        system.language,
        alive=["alive"],
        dead=[],
        application_version="other",
        workflow_versions=[],
    )
    assert system.read(asked) == []


def news(system: SystemDatabase) -> Any:
    keys = [("queue", "long"), ("workflow", "SUCCESS-1"), ("message", "SUCCESS-1", "")]
    if not system.language.is_sqlite:
        assert len(system.read(awaited.read_news(keys, seam.now_ms()))) == 2


def unserved(system: SystemDatabase) -> Any:
    version = runtime.active().application_version
    asked = in_flight.read_unserved(system.language, alive=[], dead=[], served=[version])
    assert system.read(asked) == []


QUESTIONS: dict[str, Question] = {
    "a batch": take(),
    "a batch under limits": take(Bounds(concurrency=1000, limit=1000, period_ms=60_000)),
    "how one ended": lambda system: system.read(workflows.read_ending("SUCCESS-7")),
    "the newest page": lambda system: DBOS.list_workflows(limit=PAGE, sort_desc=True),
    "the oldest page": lambda system: DBOS.list_workflows(limit=PAGE),
    "a page far back": lambda system: DBOS.list_workflows(limit=PAGE, offset=SHORT),
    "those that run": lambda system: DBOS.list_workflows(status="PENDING", limit=PAGE),
    "those that wait": lambda system: DBOS.list_queued_workflows(limit=PAGE),
    "orphans": orphans,
    "what nobody serves": unserved,
    "news of what is waited for": news,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_a_question_costs_does_not_grow_with_the_table(
    system: SystemDatabase, question: str
) -> None:
    ask = QUESTIONS[question]
    costs: list[int] = []
    for first, count in ((1, SHORT), (1 + SHORT, LONG)):
        end_all(system)
        for status in ("SUCCESS", "ENQUEUED"):
            copies(system, status, first, count)
        ask(system)
        end_all(system)
        costs.append(work(system, ask))
    assert costs[1] <= 1.5 * costs[0] + PAGE
