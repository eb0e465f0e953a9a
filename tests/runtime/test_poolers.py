"""Behind a connection pooler in transaction mode: everything works, by asking instead of hearing.

What such a pooler takes away is what a connection keeps between two transactions: prepared
statements, settings, LISTEN, temporary objects.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text

from dbos import DBOS, DBOSClient, Queue, SetWorkflowID
from dbos.system import dialect
from support.outages import socket_of
from support.pooler import Pooler
from support.postgres import PostgresServer

# More than the driver executes before it prepares a statement.
MANY = 12


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[str]:
    """The direct URL of a database."""
    name = postgres_server.create()
    yield postgres_server.url_of(name)
    postgres_server.drop(name)


@pytest.fixture
def pooler(postgres_server: PostgresServer, database: str) -> Iterator[Pooler]:
    """The same database through a pooler."""
    made = Pooler(socket_of(database), urlsplit(database).path.removeprefix("/"))
    yield made
    made.close()


def ask_often(connection: Any) -> None:
    """Execute one statement as often as makes the driver prepare it."""
    for number in range(MANY):
        connection.execute("SELECT %s::int", (number,))


def test_the_pooler_of_these_tests_takes_prepared_statements_away(pooler: Pooler) -> None:
    with psycopg.connect(pooler.url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InvalidSqlStatementName) as caught:
            ask_often(connection)
        # Should a pooler not show itself, the work is tried again, on another connection.
        assert dialect.is_transient(caught.value)


def test_a_connection_through_a_pooler_prepares_nothing(pooler: Pooler, database: str) -> None:
    direct, pooled = (dialect.language(url, "dbos") for url in (database, pooler.url))
    with dialect.connect(direct, reader=False) as connection:
        assert connection.prepare_threshold is not None
    with dialect.connect(pooled, reader=False) as connection:
        assert connection.prepare_threshold is None
        ask_often(connection)


def test_all_that_workflows_do_is_done_through_a_pooler(
    pooler: Pooler, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dbos")
    DBOS.destroy(destroy_registry=True)
    queue = Queue("pooled", concurrency=2)

    @DBOS.step()
    def step(number: int) -> int:
        return number

    @DBOS.transaction()
    def transaction(number: int) -> int:
        row = DBOS.sql_session.execute(text("SELECT CAST(:number AS int)"), {"number": number})
        return int(row.scalar_one())

    @DBOS.workflow()
    def child(number: int) -> int:
        return step(number)

    @DBOS.workflow()
    def everything() -> list[object]:
        steps = [step(number) + transaction(number) + child(number) for number in range(MANY)]
        DBOS.set_event("done", len(steps))
        DBOS.sleep(0.01)
        return [sum(steps), DBOS.recv("letter", timeout_seconds=60)]

    DBOS(
        config={
            "name": "pooled",
            "system_database_url": pooler.url,
            "application_database_url": pooler.url,
        }
    )
    DBOS.launch()
    client = DBOSClient(system_database_url=database)
    try:
        with SetWorkflowID("all"):
            handle = DBOS.start_workflow(everything)
        queued = [queue.enqueue(child, number) for number in range(MANY)]
        assert [each.get_result() for each in queued] == list(range(MANY))
        assert client.get_event("all", "done", timeout_seconds=60) == MANY
        # Sent past this process and its pooler: nothing tells of it, so it has to be asked for.
        client.send("all", "hello", "letter")
        assert handle.get_result() == [3 * sum(range(MANY)), "hello"]
        assert [one.getMessage() for one in caplog.records if one.levelno > logging.INFO] == []
        assert caplog.text.count("once a second") == 1
    finally:
        client.destroy()
        DBOS.destroy(destroy_registry=True)
