"""Transactions whose database is away, full or read-only: they wait, say so, and happen once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dbos import DBOS, AsyncSQLAlchemyDatasource
from support.behaviour import eventually
from support.hard_conditions import Launch, administering, beside, end_connections, says


@pytest.mark.parametrize("used_before", [False, True])
@pytest.mark.parametrize("in_workflow", [False, True])
def test_a_transaction_waits_for_its_database(
    in_workflow: bool,
    used_before: bool,
    role: Callable[[str], str],
    database: str,
    launch: Launch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    @DBOS.transaction()
    def transaction() -> int:
        return int(DBOS.sql_session.execute(text("SELECT 1")).scalar_one())

    @DBOS.workflow()
    def workflow() -> int:
        return transaction()

    url = role("CONNECTION LIMIT -1")
    launch(f"sqlite:///{tmp_path / 'it.sqlite'}", application_database_url=url)
    work = workflow if in_workflow else transaction
    if used_before:
        assert work() == 1
    role("CONNECTION LIMIT 0")
    end_connections(database)
    with beside(work) as answers:
        try:
            says(caplog, "The database of transactions does not answer", "raise max_connections")
        finally:
            role("CONNECTION LIMIT -1")
    assert answers == [1]


def test_a_coroutine_transaction_waits_for_its_database(
    role: Callable[[str], str],
    database: str,
    launch: Launch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = role("CONNECTION LIMIT 0")
    shop = asyncio.run(AsyncSQLAlchemyDatasource.create(url))

    @shop.transaction
    async def transaction() -> int:
        return int((await shop.sql_session().execute(text("SELECT 1"))).scalar_one())

    @DBOS.workflow()
    async def workflow() -> list[int]:
        return [await transaction(), await transaction()]

    launch(f"sqlite:///{tmp_path / 'it.sqlite'}")
    handle = DBOS.start_workflow(workflow)
    try:
        says(caplog, "The database of transactions does not answer", "raise max_connections")
    finally:
        role("CONNECTION LIMIT -1")
    assert handle.get_result() == [1, 1]  # type: ignore[comparison-overlap]


def test_nobody_waits_for_a_database_after_the_end(
    role: Callable[[str], str], launch: Launch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    @DBOS.transaction()
    def transaction() -> None: ...

    @DBOS.workflow()
    def workflow() -> None:
        transaction()

    url = role("CONNECTION LIMIT 0")
    launch(f"sqlite:///{tmp_path / 'it.sqlite'}", application_database_url=url)
    DBOS.start_workflow(workflow)
    says(caplog, "The database of transactions does not answer")
    DBOS.destroy()
    eventually(
        lambda: not [one for one in threading.enumerate() if one.name.startswith("dbos-workflow")],
        "no thread waits",
        30.0,
    )


def test_a_transaction_waits_until_the_server_is_the_primary_again(
    role: Callable[[str], str],
    database: str,
    launch: Launch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    @DBOS.transaction()
    def add() -> int:
        DBOS.sql_session.execute(text("INSERT INTO numbers (number) VALUES (1)"))
        return int(DBOS.sql_session.execute(text("SELECT count(*) FROM numbers")).scalar_one())

    @DBOS.transaction()
    def add_to_nothing() -> None:
        DBOS.sql_session.execute(text("SET TRANSACTION READ ONLY"))
        add()

    @DBOS.workflow()
    def workflow() -> int:
        return add()

    url = role("CONNECTION LIMIT -1")
    with administering(url) as execute:
        execute("CREATE TABLE numbers (number INT)")
    launch(f"sqlite:///{tmp_path / 'it.sqlite'}", application_database_url=url)
    assert workflow() == 1
    with pytest.raises(SQLAlchemyError, match="read-only transaction"):
        add_to_nothing()
    role("SET default_transaction_read_only = on")
    end_connections(database)
    with beside(workflow) as answers:
        try:
            says(caplog, "The database of transactions does not answer", "URL of the primary")
        finally:
            role("RESET default_transaction_read_only")
    assert answers == [2]


def test_the_error_of_another_database_stays_what_it_was(launch: Launch, tmp_path: Path) -> None:
    @DBOS.transaction()
    def transaction() -> None:
        raise psycopg.errors.ReadOnlySqlTransaction("another one is read-only")

    @DBOS.workflow()
    def workflow() -> None:
        transaction()

    launch(f"sqlite:///{tmp_path / 'it.sqlite'}")
    for call in (transaction, workflow):
        with pytest.raises(Exception, match="another one is read-only"):
            call()
