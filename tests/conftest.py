"""What all tests share: an environment without this machine's settings, and one PostgreSQL.

In: nothing. Out: session fixtures; a server is started when the first test of a process asks for
it, and ends with the process. It never lets a variable of the machine reach a test.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest

from dbos import DBOS
from support.postgres import PostgresServer


def pytest_configure() -> None:
    """Take away what would change what a test sees, here and in the processes that it starts.

    Compiled modules are kept, as they are on most machines: many hundred processes are started,
    and each would otherwise compile the same packages again.
    """
    for name in [name for name in os.environ if name.startswith("DBOS")]:
        del os.environ[name]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """Keep modules and tests out of every later collection of garbage: they stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL per test process."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> str:
    """A database whose system tables exist already, to clone."""
    name = postgres_server.create()
    DBOS.destroy(destroy_registry=True)
    DBOS(config={"name": "template", "system_database_url": postgres_server.url_of(name)})
    DBOS.launch()
    DBOS.destroy(destroy_registry=True)
    return name
