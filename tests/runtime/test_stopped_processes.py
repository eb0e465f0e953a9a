"""Processes that are stopped amid a transaction, as by a pause of their machine, keep their locks.

Nobody waits for those for long: what can pass over a locked row does, and the server ends
transactions that stand still.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy

from dbos import DBOS, Queue
from dbos.system import SystemDatabase, dialect, executors, migrations, taking, workflows
from dbos.system.executors import Executor
from dbos.system.workflows import Claimed
from support.former_schemas import make_former
from support.outages import socket_of
from support.pooler import Pooler
from support.postgres import PostgresServer


@pytest.fixture
def url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    name = postgres_server.create(migrated_template)
    yield postgres_server.url_of(name)
    postgres_server.drop(name)


@pytest.fixture
def system(url: str) -> Iterator[SystemDatabase]:
    made = SystemDatabase(url)
    yield made
    made.close()


@pytest.fixture
def pooler(url: str) -> Iterator[Pooler]:
    """The same database through a pooler."""
    made = Pooler(socket_of(url), urlsplit(url).path.removeprefix("/"))
    yield made
    made.close()


def test_a_row_that_a_stopped_process_holds_is_left_to_a_later_call(system: SystemDatabase) -> None:
    stopped = Executor(
        process_token="stopped",
        executor_id="local",
        host="here",
        process_start="1",
        pid=1,
        application_version="1",
        beats=1,
    )
    system.save(executors.beat(stopped, 1))
    session = system.database.open()
    session.begin()
    session.run(executors.BEAT, **executors._parameters(stopped, 2))
    system.save(executors.remove("stopped"))
    assert [one.process_token for one in system.read(executors.read_executors())] == ["stopped"]
    session.rollback()
    session.close()
    system.save(executors.remove("stopped"))
    assert system.read(executors.read_executors()) == []


def claim(system: SystemDatabase) -> Claimed | None:
    return system.save(
        workflows.claim(
            "left",
            former_owner="stopped/1",
            owner="alive/1",
            executor_id="local",
            application_version="1",
            workflow_version=None,
        )
    )


def test_a_workflow_whose_row_is_locked_is_claimed_later(system: SystemDatabase) -> None:
    session = system.database.open()
    session.connection.execute(
        "INSERT INTO dbos.workflow_status (workflow_uuid, status, name, owner_xid, inputs,"
        " serialization, created_at, updated_at, arrival)"
        " VALUES ('left', 'PENDING', 'any', 'stopped/1', '[]', 'json', 1, 1, 1)"
    )
    session.begin()
    session.connection.execute("SELECT 1 FROM dbos.workflow_status FOR SHARE")
    assert claim(system) is None
    requeue = workflows.requeue("left", former_owner="stopped/1", queue_name="any")
    assert system.save(requeue) == 0
    session.rollback()
    session.close()
    taken = claim(system)
    assert taken is not None
    assert taken.owner == "alive/1"


@pytest.mark.parametrize("way", ["direct", "pooled"])
def test_a_queue_that_a_stopped_process_has_locked_is_served_again(
    url: str, pooler: Pooler, way: str
) -> None:
    DBOS.destroy(destroy_registry=True)
    singles = Queue("singles", concurrency=1)

    @DBOS.workflow()
    def plain(number: int) -> int:
        return number

    stopped = SystemDatabase(url if way == "direct" else pooler.url)
    DBOS(config={"name": "served", "system_database_url": url})
    DBOS.launch()
    try:
        session = stopped.database.open()
        session.begin()
        asked = {"queue_name": "singles", "since": 0, "each_since": 0, "locks": 1}
        while session.run(taking.GUARD, **asked).rows[0][-1] is not True:
            continue  # The first look after the launch is not over yet.
        # It never goes on. The server ends what it began, or this would wait for ever.
        assert singles.enqueue(plain, 1).get_result() == 1
        with contextlib.closing(session), pytest.raises(psycopg.Error) as ended:
            session.commit()
        assert dialect.is_transient(ended.value)
    finally:
        DBOS.destroy(destroy_registry=True)
        stopped.close()


def test_a_migration_that_waits_for_a_table_lets_others_pass(
    postgres_server: PostgresServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migrations, "LONGEST_WAIT", "50ms")
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.05)
    name = postgres_server.create()
    url = postgres_server.url_of(name)
    make_former(url, 1)
    system = SystemDatabase(url)
    reads = "SELECT count(*) FROM dbos.workflow_status"
    with psycopg.connect(url) as reader, psycopg.connect(url, autocommit=True) as other:
        reader.execute(reads)
        migrating = threading.Thread(target=system.migrate)
        with caplog.at_level(logging.WARNING, "dbos"):
            migrating.start()
            while len(caplog.records) < 2:
                # Behind a migration that went on waiting, this would wait for the reader, too.
                other.execute(reads)
        assert migrating.is_alive()
        assert "lets others pass and tries again" in caplog.text
        reader.rollback()
        migrating.join(60)
    assert system.schema_version() == migrations.NEWEST
    system.close()
    postgres_server.drop(name)


def test_a_transaction_of_the_program_that_stands_still_is_bounded_where_that_is_configured(
    url: str,
) -> None:
    """As the documentation says it; the transaction runs again when its process goes on."""
    DBOS.destroy(destroy_registry=True)
    attempts: list[str] = []
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE TABLE stock (item TEXT, n INTEGER)")
        other.execute("INSERT INTO stock VALUES ('apple', 0)")

        @DBOS.transaction()
        def sell() -> int:
            attempts.append("begun")
            session = DBOS.sql_session
            session.execute(sqlalchemy.text("UPDATE stock SET n = n + 1"))
            if len(attempts) == 1:
                # Stands still until another one gets the row.
                other.execute("UPDATE stock SET n = n + 10")
            return int(session.execute(sqlalchemy.text("SELECT n FROM stock")).scalar() or 0)

        @DBOS.workflow()
        def workflow() -> int:
            return sell()

        bound = "-c idle_in_transaction_session_timeout=100ms"
        DBOS(
            config={
                "name": "bounded",
                "system_database_url": url,
                "db_engine_kwargs": {"connect_args": {"options": bound}},
            }
        )
        DBOS.launch()
        try:
            assert workflow() == 11
            assert attempts == ["begun", "begun"]
            assert other.execute("SELECT n FROM stock").fetchall() == [(11,)]
        finally:
            DBOS.destroy(destroy_registry=True)
