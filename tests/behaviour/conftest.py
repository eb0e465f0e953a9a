"""Fixtures of the behaviour tests: one runtime per test, on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from dbos import DBOS, DBOSConfig, testing
from support.behaviour import SystemTables
from support.postgres import PostgresServer

Relaunch = Callable[..., None]
Recover = Callable[..., list[Any]]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A system database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'system.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(request.getfixturevalue("migrated_template"))
    yield server.url_of(name)
    server.drop(name)


@pytest.fixture
def config(database_url: str) -> DBOSConfig:
    """The least configuration that a program needs."""
    return {"name": "behaviour", "system_database_url": database_url}


@pytest.fixture
def unlaunched(config: DBOSConfig) -> Iterator[DBOSConfig]:
    """A process in which nothing is registered and nothing was launched."""
    DBOS.destroy(destroy_registry=True)
    yield config
    DBOS.destroy(destroy_registry=True)


@pytest.fixture
def launched(unlaunched: DBOSConfig) -> None:
    """A running runtime with an empty registry."""
    DBOS(config=unlaunched)
    DBOS.launch()


@pytest.fixture
def relaunch(unlaunched: DBOSConfig) -> Relaunch:
    """Stop the runtime and launch it again with the functions registered so far."""

    def again(**settings: Any) -> None:
        DBOS.destroy()
        DBOS(config={**unlaunched, **settings})
        DBOS.launch()

    return again


@pytest.fixture
def tables(database_url: str) -> SystemTables:
    """The system database as a user of SQL sees it."""
    return SystemTables(database_url)


@pytest.fixture
def recover() -> Recover:
    """Recover what this executor left pending; returns the handles of what was recovered."""

    def recover_pending(executor_ids: list[str] | None = None) -> list[Any]:
        return testing.recover_pending_workflows(executor_ids or ["local"])

    return recover_pending


@pytest.fixture(params=["same database", "own database"])
def shop_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """Where the datasource is: in the system database, or in a file of its own."""
    if request.param == "same database":
        return database_url
    return f"sqlite:///{tmp_path / 'shop.sqlite'}"


@pytest.fixture
def sold(launched: None, shop_url: str) -> Iterator[Callable[[], list[str]]]:
    """A table of sales; calling the fixture reads it."""
    engine = sqlalchemy.create_engine(
        shop_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sqlalchemy.NullPool
    )
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE sales (item TEXT, n INTEGER)"))

    def items() -> list[str]:
        with engine.connect() as connection:
            return [row[0] for row in connection.execute(sqlalchemy.text("SELECT item FROM sales"))]

    yield items
    engine.dispose()
