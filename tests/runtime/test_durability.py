"""Speed is not bought with durability: every connection that commits syncs as the database asks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from dbos import DBOS, DBOSConfig
from dbos.kernel import runtime
from dbos.system import SystemDatabase
from dbos.system.dialect import CHECKPOINT_PAGES

FULL = 2


@pytest.fixture
def system(config: DBOSConfig) -> SystemDatabase:
    """A launched runtime that has committed; on Postgres with a setting of the database's own."""
    url = config["system_database_url"] or ""
    if url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = local'.encode())
    DBOS(config={**config, "application_database_url": url})
    DBOS.launch()
    return runtime.active().system


def asked(system: SystemDatabase, ask: Any) -> None:
    """What a connection says of itself."""
    if system.language.is_sqlite:
        assert ask("PRAGMA journal_mode") == "wal"
        assert ask("PRAGMA synchronous") == FULL
        # A log that grows costs more at each sync; see ``dialect``.
        assert ask("PRAGMA wal_autocheckpoint") == CHECKPOINT_PAGES
    else:
        assert ask("SHOW synchronous_commit") == "local"


def test_the_connection_that_commits_syncs(system: SystemDatabase) -> None:
    @DBOS.workflow()
    def workflow() -> None: ...

    workflow()
    session = system.committer._session
    assert session is not None
    asked(system, lambda sql: session.connection.execute(sql).fetchone()[0])


def test_a_fresh_writing_connection_syncs(system: SystemDatabase) -> None:
    session = system.database.open()
    asked(system, lambda sql: session.connection.execute(sql).fetchone()[0])
    session.close()


def test_a_transaction_syncs(system: SystemDatabase) -> None:
    @DBOS.transaction(isolation_level="READ COMMITTED")
    def look() -> None:
        asked(system, lambda sql: DBOS.sql_session.execute(text(sql)).scalar_one())

    @DBOS.workflow()
    def workflow() -> None:
        look()

    workflow()
