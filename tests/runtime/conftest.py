"""Fixtures of the runtime's own tests: a fresh system database on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbos import DBOS, DBOSConfig
from support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A system database of the test's own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'system.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url_of(name)
    server.drop(name)


@pytest.fixture
def config(database_url: str) -> Iterator[DBOSConfig]:
    """The least configuration, in a process in which nothing is registered."""
    DBOS.destroy(destroy_registry=True)
    yield {"name": "runtime-test", "system_database_url": database_url}
    DBOS.destroy(destroy_registry=True)


@pytest.fixture
def launched(config: DBOSConfig) -> None:
    """A running runtime with an empty registry."""
    DBOS(config=config)
    DBOS.launch()
