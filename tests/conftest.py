"""What all tests share: an environment without this machine's settings, and one PostgreSQL.

In: nothing. Out: session fixtures; a server is started when the first test of a process asks for
it, and ends with the process. It never lets a variable of the machine reach a test.
"""

from __future__ import annotations

import compileall
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbos import DBOS
from support.postgres import PostgresServer

PACKAGES = ("compiler", "lint", "runtime", "templates", "tests/support")


def pytest_configure(config: pytest.Config) -> None:
    """Take away what would change what a test sees, here and in the processes that it starts.

    Our packages are compiled once, before many hundred processes import them. Nothing else is kept
    compiled: a module that a test writes twice within a second, at the same length, would be found
    as it was before.
    """
    for name in [name for name in os.environ if name.startswith("DBOS")]:
        del os.environ[name]
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = False
    if not hasattr(config, "workerinput"):
        for package in PACKAGES:
            compileall.compile_dir(Path(__file__).parents[1] / package, quiet=2)


def pytest_collection_finish() -> None:
    """Keep modules and tests out of every later collection of garbage: they stay to the end.

    Tests are kept compiled as pytest does it; what they import from now on is not.
    """
    sys.dont_write_bytecode = True
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
