"""Fixtures of the runtime's own tests: a fresh system database on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from dbos import DBOS, DBOSConfig
from support.hard_conditions import OURS, Launch
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


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Launches with a URL; everything declared in the test is gone afterwards."""
    DBOS.destroy(destroy_registry=True)

    def launched(url: str, **config: Any) -> None:
        DBOS(config={"name": "hard-conditions", "system_database_url": url, **config})
        DBOS.launch()

    yield launched
    DBOS.destroy(destroy_registry=True)


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a database as its superuser."""
    name = postgres_server.create()
    yield postgres_server.url_of(name)
    postgres_server.drop(name)


@pytest.fixture
def role(database: str) -> Iterator[Callable[[str], str]]:
    """Makes a role that owns the database, with what ALTER ROLE says of it; answers its URL."""
    name = urlsplit(database).path.removeprefix("/")
    made = f"role_of_{name}"
    with psycopg.connect(database, autocommit=True, application_name=OURS) as admin:
        admin.execute(f'CREATE ROLE "{made}" LOGIN'.encode())
        admin.execute(f'ALTER DATABASE "{name}" OWNER TO "{made}"'.encode())

        def limited(setting: str) -> str:
            admin.execute(f'ALTER ROLE "{made}" {setting}'.encode())
            return database.replace("postgres:@", f"{made}@")

        yield limited
        DBOS.destroy(destroy_registry=True)
        admin.execute(f'REASSIGN OWNED BY "{made}" TO postgres'.encode())
        admin.execute(f'DROP OWNED BY "{made}"'.encode())
        admin.execute(f'DROP ROLE "{made}"'.encode())
