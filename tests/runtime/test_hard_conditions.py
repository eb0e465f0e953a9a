"""Databases that refuse, end connections, fill up, or turn out to be something else.

Each either works on once the condition is over, with nothing lost and nothing done twice, or is
refused at the launch in one line that says what to change.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from dbos import DBOS, DBOSClient, Queue
from dbos.error import DBOSInitializationError
from dbos.kernel import runtime
from dbos.system import SystemDatabase, dialect
from support.hard_conditions import Launch, administering, beside, end_connections, says


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """Not as root, for whom every file can be written."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# ---------------------------------------------------------------------------- pools


@pytest.mark.parametrize("size", [0, -1, 2, "ten", 2.5, True, 10**9])
def test_an_impossible_pool_size_is_refused(size: object, launch: Launch, tmp_path: Path) -> None:
    with pytest.raises(DBOSInitializationError, match="sys_db_pool_size must be a whole number"):
        launch(f"sqlite:///{tmp_path / 'it.sqlite'}", sys_db_pool_size=size)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pool_size": 0}, r"db_engine_kwargs\['pool_size'\] must be a whole number"),
        ({"max_overflow": "many"}, r"db_engine_kwargs\['max_overflow'\] must be"),
        ([("pool_size", 3)], "db_engine_kwargs must be a dictionary"),
    ],
)
def test_impossible_arguments_of_the_engine_are_refused(
    given: object, words: str, launch: Launch, tmp_path: Path
) -> None:
    with pytest.raises(DBOSInitializationError, match=words):
        launch(f"sqlite:///{tmp_path / 'it.sqlite'}", db_engine_kwargs=given)


def test_a_pool_larger_than_the_server_allows_opens_what_is_needed(
    role: Callable[[str], str], launch: Launch
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    launch(role("CONNECTION LIMIT 4"), sys_db_pool_size=5_000)
    assert workflow() == "works"


def test_threads_that_read_at_once_take_turns(database: str, launch: Launch) -> None:
    launch(database, sys_db_pool_size=4)
    reading = runtime.active().system.database
    lock, pair = threading.Lock(), threading.Barrier(2)
    inside: list[int] = []
    most: list[int] = []

    def read() -> bool:
        with reading.reader():
            with lock:
                inside.append(1)
                most.append(len(inside))
            pair.wait(30)
            with lock:
                inside.pop()
        return True

    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(beside(read))
    # One of four connections writes, one listens.
    assert max(most) == 2


def test_the_pool_of_transactions_is_the_one_that_was_asked_for(
    database: str, launch: Launch
) -> None:
    @DBOS.transaction()
    def transaction() -> int:
        return int(DBOS.sql_session.get_bind().engine.pool.size())  # type: ignore[attr-defined]

    launch(database, db_engine_kwargs={"pool_size": 3})
    assert transaction() == 3


# ---------------------------------------------------------------------------- connections


def test_a_launch_waits_for_a_free_connection(
    role: Callable[[str], str], launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    url = role("CONNECTION LIMIT 1")

    def work() -> str:
        launch(url)
        return workflow()

    other = psycopg.connect(url)
    with beside(work) as answers:
        try:
            says(caplog, "does not answer yet", "a process needs at least three connections")
        finally:
            role("CONNECTION LIMIT -1")
            other.close()
    assert answers == ["works"]


def test_work_goes_on_when_connections_are_to_be_had_again(
    role: Callable[[str], str], database: str, launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    @DBOS.step()
    def step() -> str:
        return "works"

    @DBOS.workflow()
    def workflow() -> str:
        return step()

    launch(role("CONNECTION LIMIT -1"))
    role("CONNECTION LIMIT 0")
    end_connections(database)
    with beside(workflow) as answers:
        try:
            says(caplog, "does not answer (", "raise max_connections")
        finally:
            role("CONNECTION LIMIT -1")
    assert answers == ["works"]


def test_everything_survives_a_server_that_ends_all_connections(
    database: str, launch: Launch
) -> None:
    queue = Queue("ended", concurrency=1)
    ran: list[str] = []

    @DBOS.step()
    def step(name: str) -> str:
        ran.append(name)
        end_connections(database)
        return name

    @DBOS.transaction()
    def transaction() -> int:
        ran.append("transaction")
        session = DBOS.sql_session
        session.execute(text("INSERT INTO numbers (number) VALUES (1)"))
        if ran.count("transaction") == 1:
            end_connections(database)
        return int(session.execute(text("SELECT count(*) FROM numbers")).scalar_one())

    @DBOS.workflow()
    def child() -> str:
        return step("child")

    @DBOS.workflow()
    def parent() -> list[object]:
        first, counted, second = step("first"), transaction(), child()
        DBOS.set_event("half", first)
        queued = queue.enqueue(child)
        end_connections(database)
        return [first, counted, second, queued.get_result(), DBOS.recv("go", 60), step("last")]

    with administering(database) as execute:
        execute("CREATE TABLE numbers (number INT)")
    launch(database, application_database_url=database)
    handle = DBOS.start_workflow(parent)
    assert DBOS.get_event(handle.workflow_id, "half", 60) == "first"
    end_connections(database)
    DBOS.send(handle.workflow_id, "letter", "go")
    assert handle.get_result() == ["first", 1, "child", "child", "letter", "last"]
    assert ran == ["first", "transaction", "transaction", "child", "child", "last"]


def test_a_statement_that_the_server_cancels_is_tried_again(
    role: Callable[[str], str], database: str, launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    launch(role("CONNECTION LIMIT -1"))
    role("SET statement_timeout = '300ms'")
    end_connections(database)
    with psycopg.connect(database) as locking:
        locking.execute("LOCK TABLE dbos.workflow_status IN ACCESS EXCLUSIVE MODE")
        with beside(workflow) as written, beside(lambda: len(DBOS.list_workflows())) as listed:
            try:
                says(caplog, "statement timeout", "raise it for the role of the application")
            finally:
                locking.rollback()
    assert written == ["works"]
    assert listed[0] in (0, 1)


# ---------------------------------------------------------------------------- read-only


def test_a_replica_is_refused_at_the_launch_and_can_be_listed(
    role: Callable[[str], str], launch: Launch
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    url = role("CONNECTION LIMIT -1")
    launch(url)
    assert workflow() == "works"
    DBOS.destroy()
    role("SET default_transaction_read_only = on")
    for migrates in (True, False):
        with pytest.raises(DBOSInitializationError, match="is read-only, as a replica is"):
            launch(url, run_migrations=migrates)
        DBOS.destroy()
    client = DBOSClient(system_database_url=url)
    assert [one.status for one in client.list_workflows()] == ["SUCCESS"]
    client.destroy()


def test_a_checkpoint_waits_until_the_server_is_the_primary_again(
    role: Callable[[str], str], database: str, launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    launch(role("CONNECTION LIMIT -1"))
    role("SET default_transaction_read_only = on")
    end_connections(database)
    with beside(workflow) as answers:
        try:
            says(caplog, "read-only transaction", "give the URL of the primary")
        finally:
            role("RESET default_transaction_read_only")
    assert answers == ["works"]


def test_a_file_that_cannot_be_written_is_refused(launch: Launch) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "it.sqlite"
        launch(f"sqlite:///{path}")
        DBOS.destroy()
        path.chmod(0o444)
        folder.chmod(0o555)
        try:
            with (
                without_privileges(),
                pytest.raises(DBOSInitializationError, match=r"it\.sqlite: .*write"),
            ):
                launch(f"sqlite:///{path}")
        finally:
            folder.chmod(0o755)


def test_a_file_in_no_folder_is_refused(launch: Launch, tmp_path: Path) -> None:
    with pytest.raises(DBOSInitializationError, match="the folder of the file has to exist"):
        launch(f"sqlite:///{tmp_path / 'nowhere' / 'it.sqlite'}")


# ---------------------------------------------------------------------------- SQLite


def test_a_full_disk_holds_work_up_and_loses_nothing(
    launch: Launch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "it.sqlite"

    @DBOS.step()
    def large() -> str:
        return "x" * 300_000

    @DBOS.workflow()
    def workflow(number: int) -> int:
        return number + len(large())

    launch(f"sqlite:///{path}")
    assert workflow(1) == 300_001
    session = runtime.active().system.committer._session
    assert session is not None
    pages = session.connection.execute("PRAGMA page_count").fetchone()[0]
    # The limit of a connection, which SQLite answers with the words of a full disk.
    session.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with beside(lambda: workflow(2)) as answers:
        try:
            says(caplog, "disk is full", "free some space")
        finally:
            session.connection.execute("PRAGMA max_page_count = 1000000")
    assert answers == [300_002]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT count(*) FROM operation_outputs").fetchone()
        assert found == (2,)


@pytest.mark.parametrize("what", ["workflow", "transaction"])
def test_nothing_is_committed_into_a_file_that_was_removed(
    what: str, launch: Launch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, away = tmp_path / "it.sqlite", tmp_path / "away.sqlite"

    @DBOS.workflow()
    def workflow() -> str:
        return "works"

    @DBOS.transaction()
    def transaction() -> str:
        return str(DBOS.sql_session.execute(text("SELECT 'works'")).scalar_one())

    launch(f"sqlite:///{path}")
    assert workflow() == transaction() == "works"
    path.rename(away)
    with beside(workflow if what == "workflow" else transaction) as answers:
        try:
            says(caplog, "was removed or replaced while it is in use; put it back")
            assert not path.exists(), "nobody made a new one"
        finally:
            away.rename(path)
    assert answers == ["works"]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT count(*) FROM workflow_status").fetchone()
        assert found == (2 if what == "workflow" else 1,)


def test_a_reader_makes_no_new_file_where_one_was_removed(tmp_path: Path) -> None:
    path = tmp_path / "it.sqlite"
    system = SystemDatabase(f"sqlite:///{path}")
    try:
        system.migrate()
        path.unlink()
        with pytest.raises(sqlite3.OperationalError) as caught, system.database.reader():
            pass
        assert dialect.is_waited_out(caught.value)
        assert not path.exists()
    finally:
        system.close()
