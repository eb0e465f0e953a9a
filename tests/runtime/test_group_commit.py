"""Group commit: what waits together is committed together, and one bad write spoils only itself."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from dbos import DBOSConfig, testing
from dbos.config import settings
from dbos.kernel import seam
from dbos.launch import open_system
from dbos.system import SystemDatabase, commit, workflows
from dbos.system.dialect import Language, text_bind
from dbos.system.entry import Entry
from dbos.system.statement import Script, Transaction, Write, affected, statement, together
from dbos.system.workflows import NewWorkflow


@statement
def INSERT_NOTHING(spoken: Language) -> Any:
    """A row without what it must have."""
    table = spoken.tables.workflow_status
    return insert(table).values(workflow_uuid=text_bind("workflow_uuid"))


@pytest.fixture
def system(config: DBOSConfig) -> Iterator[SystemDatabase]:
    """A system database that nobody else writes to."""
    opened = open_system(settings(config))
    yield opened
    opened.close()


def good(name: str) -> Write[bool]:
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


def bad() -> Write[int]:
    return Write(
        what="insert nothing",
        statement=INSERT_NOTHING,
        parameters={"workflow_uuid": "bad"},
        read=affected,
    )


def script(name: str) -> Script[bool]:
    def body(transaction: Transaction) -> bool:
        return good(name).apply(transaction) and not good(name).apply(transaction)

    return Script(what=f"insert {name} twice", body=body)


def refused() -> Script[None]:
    def body(transaction: Transaction) -> None:
        good("refused").apply(transaction)
        raise ValueError("refused")

    return Script(what="refuse", body=body)


def commit_together(system: SystemDatabase, *writes: Write[Any] | Script[Any]) -> list[Any]:
    """Commit writes that wait at the same time; what each answered or raised."""
    held, freed = threading.Event(), threading.Event()

    def hold() -> None:
        with system.committer.exclusive():
            held.set()
            freed.wait()

    async def all_of_them() -> list[Any]:
        futures = [system.committer.save_future(write) for write in writes]
        freed.set()
        return await asyncio.gather(*futures, return_exceptions=True)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        return asyncio.run(all_of_them())
    finally:
        freed.set()
        thread.join()


def names(system: SystemDatabase) -> list[str]:
    table = system.language.tables.workflow_status
    with system.database.reader() as session:
        rows = session.connection.execute(f"SELECT workflow_uuid FROM {table} ORDER BY 1")
        return [row[0] for row in rows.fetchall()]


def test_what_waits_together_is_one_commit(system: SystemDatabase) -> None:
    with testing.counting() as counted:
        answers = commit_together(system, good("a"), script("s"), good("b"), good("a"))
    assert answers == [True, True, True, False]
    assert len(counted.commits) == 1
    assert names(system) == ["a", "b", "s"]


@pytest.mark.parametrize("spoiler", [bad, refused])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_write_spoils_only_itself(
    system: SystemDatabase, spoiler: Callable[[], Any], place: int
) -> None:
    writes: list[Any] = [good("a"), good("b")]
    writes.insert(place, spoiler())
    answers = commit_together(system, *writes)
    assert isinstance(answers.pop(place), Exception)
    assert answers == [True, True]
    assert names(system) == ["a", "b"]
    assert system.save(good("c"))


def test_a_batch_whose_connection_broke_is_committed_once_over_a_new_one(
    system: SystemDatabase,
) -> None:
    """On SQLite there is nothing that could break; it commits as ever."""
    system.save(good("first"))
    session = system.committer._session
    assert session is not None
    if not system.language.is_sqlite:
        _end(system, session.connection.info.backend_pid)
    assert commit_together(system, good("a"), good("b"), script("s")) == [True, True, True]
    assert names(system) == ["a", "b", "first", "s"]


def test_writes_made_one_are_all_written_or_none(system: SystemDatabase) -> None:
    assert system.save(together("insert", good("a"), good("b"), good("a"))) == [True, True, False]
    mixed = together("insert", good("c"), script("d"), good("d"))
    assert system.save(mixed) == [True, True, False]
    with pytest.raises(Exception, match=r"(?i)null"):
        system.save(together("insert", good("e"), bad(), good("f")))
    assert names(system) == ["a", "b", "c", "d"]


def _end(system: SystemDatabase, backend: int) -> None:
    with contextlib.closing(system.database.open()) as other:
        other.connection.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Unhurried writes wait for company until the test ends; set when one begins to."""
    waiting = threading.Event()
    arm = Entry.arm

    def armed(entry: Entry) -> None:
        # In the lock of the committer: whoever comes next finds the write in the line.
        arm(entry)
        waiting.set()

    monkeypatch.setattr(commit, "COMPANY_SECONDS", 3600.0)
    monkeypatch.setattr(Entry, "arm", armed)
    return waiting


@contextlib.contextmanager
def unhurried(system: SystemDatabase, *names: str) -> Iterator[list[object]]:
    """Writes of other threads that wait for company; in the end all of them were answered."""
    answers: list[object] = []

    def give(name: str) -> None:
        answers.append(system.save(replace(good(name), unhurried=True)))

    threads = [threading.Thread(target=give, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    yield answers
    for thread in threads:
        thread.join()
    assert answers == [True for _ in names]


def test_an_unhurried_write_shares_the_next_commit(
    system: SystemDatabase, patience: threading.Event
) -> None:
    with testing.counting() as counted:
        with unhurried(system, "patient") as answers:
            patience.wait()
            assert answers == []
            assert names(system) == []
            assert system.save(good("hurried"))
        assert len(counted.commits) == 1
    assert names(system) == ["hurried", "patient"]


def test_an_unhurried_write_shares_the_commit_of_a_coroutine(
    system: SystemDatabase, patience: threading.Event
) -> None:
    async def hurried() -> bool:
        return await system.save_async(good("hurried"))

    with testing.counting() as counted:
        with unhurried(system, "patient"):
            patience.wait()
            assert asyncio.run(hurried())
        assert len(counted.commits) == 1


def test_an_unhurried_write_is_committed_when_somebody_asks_or_nobody_comes(
    system: SystemDatabase, patience: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unhurried(system, "asked for"):
        patience.wait()
        system.hurry()
    monkeypatch.setattr(commit, "COMPANY_SECONDS", 0.0)
    with unhurried(system, "alone"):
        pass
    assert names(system) == ["alone", "asked for"]


def test_an_unhurried_write_is_committed_after_a_transaction_and_before_the_stop(
    system: SystemDatabase, patience: threading.Event
) -> None:
    with unhurried(system, "patient"):
        patience.wait()
        with system.committer.exclusive():
            assert names(system) == []
    assert names(system) == ["patient"]
    patience.clear()
    with unhurried(system, "last"):
        patience.wait()
        system.committer.stop()
    assert names(system) == ["last", "patient"]
    assert system.committer._session is None


def test_many_unhurried_writes_of_many_threads_are_all_answered(system: SystemDatabase) -> None:
    """The moment they wait for is so short that all of it happens at once."""
    expected = [f"{at:03}" for at in range(60)]
    with unhurried(system, *expected):
        for at in range(60, 90):
            assert system.save(good(f"{at:03}"))
            system.hurry()
    assert names(system) == [f"{at:03}" for at in range(90)]


def test_whoever_waits_for_the_database_is_back_before_its_lease_is_over(
    config: DBOSConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Outage(seam.Seam):
        left = 4

        def before_commit(self, writes: Sequence[str]) -> None:
            if self.left:
                self.left -= 1
                raise sqlite3.OperationalError("the database is busy, as both say in some way")

    short = settings({**config, "lease_seconds": 0.12, "heartbeat_seconds": 0.03})
    with contextlib.closing(open_system(short)) as system:
        monkeypatch.setattr(seam, "current", Outage())
        assert system.save(good("written"))
    pauses = re.findall(r"trying again in ([0-9.]+) s", caplog.text)
    assert pauses == ["0.02", "0.04", "0.04", "0.04"]
