"""Rows and queues that another process holds: who needs them steps aside, all others go on.

The holder here never lets go by itself, so a writer that waited for it would wait until the test's
own limit.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator

import psycopg
import pytest

from dbos import DBOS, Queue
from dbos.error import DBOSShutdownError
from dbos.system import SystemDatabase, commit, entry, taking, workflows
from dbos.system.statement import Write
from dbos.system.workflows import NewWorkflow
from support.postgres import PostgresServer

DEADLINE_SECONDS = 60


@pytest.fixture
def url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    name = postgres_server.create(migrated_template)
    yield postgres_server.url_of(name)
    postgres_server.drop(name)


@pytest.fixture
def system(url: str) -> Iterator[SystemDatabase]:
    made = SystemDatabase(url)
    for name in ("held", "free"):
        made.save(row(name))
    yield made
    made.close()


@pytest.fixture
def holder(url: str, system: SystemDatabase) -> Iterator[psycopg.Connection]:
    """Somebody who holds the row of one workflow, for as long as he likes."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = 'held' FOR UPDATE"
        )
        yield connection


def row(name: str) -> Write[bool]:
    return workflows.insert(
        NewWorkflow(
            workflow_uuid=name,
            status="PENDING",
            name="work",
            inputs="{}",
            serialization="json",
            created_at=1,
            arrival=1,
        )
    )


def cancelling(system: SystemDatabase, *ids: str) -> Write[list[str]]:
    return workflows.cancel(system.language, list(ids))


def test_a_write_that_meets_a_locked_row_lets_all_others_pass(
    system: SystemDatabase,
    holder: psycopg.Connection,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It is told of when it stays aside for the longest time, which is at once here.
    monkeypatch.setattr(entry, "LONGEST_ASIDE_SECONDS", entry.FIRST_ASIDE_SECONDS)
    answers: list[list[str]] = []
    waiting = threading.Thread(
        target=lambda: answers.append(system.save(cancelling(system, "held")))
    )
    with caplog.at_level(logging.WARNING, "dbos"):
        waiting.start()
        # As many others as it takes until the one that waits has been told of.
        number = 0
        while not caplog.records:
            number += 1
            assert system.save(row(f"other-{number}"))
    assert [one.getMessage() for one in caplog.records] == [
        "Another process holds what is needed to cancel workflows; trying again until it lets go"
    ]
    assert waiting.is_alive()
    holder.rollback()
    waiting.join(DEADLINE_SECONDS)
    assert answers == [["held"]]


def test_a_coroutine_that_meets_a_locked_row_lets_those_of_its_commit_pass(
    system: SystemDatabase, holder: psycopg.Connection
) -> None:
    async def together() -> None:
        held = system.save_async(cancelling(system, "held"))
        others = [system.save_async(row(f"other-{number}")) for number in range(5)]
        free = system.save_async(cancelling(system, "free"))
        assert await asyncio.gather(free, *others) == [["free"], *[True] * 5]
        assert not held.done()
        given_up = system.save_async(cancelling(system, "held", "other-1"))
        await system.save_async(row("last"))
        given_up.cancel()
        holder.rollback()
        assert await asyncio.wait_for(held, DEADLINE_SECONDS) == ["held"]

    asyncio.run(together())
    ending = system.read(workflows.read_ending("other-1"))
    assert ending is not None


def test_who_stops_does_not_wait_for_a_locked_row(
    url: str, system: SystemDatabase, holder: psycopg.Connection
) -> None:
    stopping = SystemDatabase(url)
    errors: list[BaseException] = []

    def cancel() -> None:
        try:
            stopping.save(cancelling(stopping, "held"))
        except DBOSShutdownError as error:
            errors.append(error)

    async def cancel_here() -> None:
        held = stopping.save_async(cancelling(stopping, "held"))
        await stopping.save_async(row("before"))
        await asyncio.to_thread(stopping.close)
        with pytest.raises(DBOSShutdownError):
            await asyncio.wait_for(held, DEADLINE_SECONDS)

    waiting = threading.Thread(target=cancel)
    waiting.start()
    asyncio.run(cancel_here())
    waiting.join(DEADLINE_SECONDS)
    assert len(errors) == 1


def test_a_queue_that_another_process_takes_from_delays_nothing_else(url: str) -> None:
    DBOS.destroy(destroy_registry=True)
    singles = Queue("singles", concurrency=1)
    plain_queue = Queue("plain")

    @DBOS.workflow()
    def double(number: int) -> int:
        return 2 * number

    DBOS(config={"name": "held", "system_database_url": url})
    DBOS.launch()
    try:
        with psycopg.connect(url) as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(%s::int, hashtext('singles'))", (taking.QUEUES,)
            )
            held = singles.enqueue(double, 1)
            for number in range(20):
                assert plain_queue.enqueue(double, number).get_result() == 2 * number
            assert held.get_status().status == "ENQUEUED"
        # Nobody tells this process that the queue is free again: it looks.
        assert held.get_result() == 2
    finally:
        DBOS.destroy(destroy_registry=True)


def test_a_look_says_whether_it_is_its_turn(system: SystemDatabase) -> None:
    mine, theirs = system.database.open(), system.database.open()
    asked = {"queue_name": "singles", "since": 0, "each_since": 0}
    try:
        for session in (mine, theirs):
            session.begin()
        assert mine.run(taking.GUARD, **asked, locks=1).rows[0][-1] is True
        assert theirs.run(taking.GUARD, **asked, locks=1).rows[0][-1] is False
        # Without limits nobody needs the turn.
        assert theirs.run(taking.GUARD, **asked, locks=0).rows[0][-1] is True
        mine.commit()
        assert theirs.run(taking.GUARD, **asked, locks=1).rows[0][-1] is True
    finally:
        mine.close()
        theirs.close()


def test_locks_of_the_program_are_none_of_a_queue(system: SystemDatabase, url: str) -> None:
    """People spell them like this, and hold them for as long as a leader leads."""
    with psycopg.connect(url) as leader:
        leader.execute("SELECT pg_advisory_lock(hashtext('singles')), pg_advisory_lock(1)")
        session = system.database.open()
        session.begin()
        asked = {"queue_name": "singles", "since": 0, "each_since": 0, "locks": 1}
        assert session.run(taking.GUARD, **asked).rows[0][-1] is True
        session.close()


def test_a_table_that_is_locked_is_tried_for_a_few_of_a_batch(
    url: str, system: SystemDatabase
) -> None:
    """As by somebody who changes it by hand; when he is done, all is written."""
    batch = [entry.Entry(row(f"new-{number}")) for number in range(100)]
    with psycopg.connect(url) as locking:
        locking.execute("LOCK TABLE dbos.workflow_status")
        system.committer._settle(batch)
    tried = [one for one in batch if one.error is not entry.PASSED_BY]
    assert tried == batch[: commit.MOST_IN_VAIN]
    assert all(one.is_held_up() for one in batch)
    # Those that were not tried come back first.
    assert {one.step_aside() for one in tried} == {entry.FIRST_ASIDE_SECONDS}
    assert {one.step_aside() for one in batch[len(tried) :]} == {entry.FIRST_ASIDE_SECONDS / 2}
    system.committer._settle(batch)
    assert [one.take() for one in batch] == [True] * len(batch)


def test_many_that_wait_for_a_lock_are_told_of_once(
    system: SystemDatabase,
    holder: psycopg.Connection,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry, "LONGEST_ASIDE_SECONDS", entry.FIRST_ASIDE_SECONDS)
    monkeypatch.setattr(commit, "QUIET_SECONDS", 1e9)

    async def cancel() -> None:
        held = [system.save_async(cancelling(system, "held")) for _ in range(5)]
        passed = [await system.save_async(row(f"new-{number}")) for number in range(3)]
        assert passed == [True] * 3
        holder.rollback()
        await asyncio.wait_for(asyncio.gather(*held), DEADLINE_SECONDS)

    with caplog.at_level(logging.WARNING, "dbos"):
        asyncio.run(cancel())
    assert len(caplog.records) == 1
