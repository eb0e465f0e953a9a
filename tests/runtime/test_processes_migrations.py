"""Migrations by several processes, killed ones, newer schemas, and roles that may not migrate."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from dbos import DBOS, DBOSConfig, Queue
from dbos.error import DBOSInitializationError
from dbos.system import migrations
from support.behaviour import SystemTables
from support.crash_process import run_program
from support.former_schemas import make_former
from support.postgres import PostgresServer
from support.processes import team


def schema_of(tables: SystemTables) -> list[tuple[str, ...]]:
    """Every column and index by name, as the database itself lists them."""
    if tables.url.startswith("sqlite"):
        rows = tables.query("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    else:
        rows = tables.query(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'dbos' UNION ALL"
            " SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'dbos'"
            " ORDER BY 1, 2"
        )
    return [tuple(str(value) for value in row) for row in rows]


def test_processes_that_migrate_at_once_both_launch(database_url: str, tmp_path: Path) -> None:
    with team(database_url, tmp_path) as group:
        members = [group.begin_member(), group.begin_member()]
        for number, member in enumerate(members):
            member.launched().ask("start", "plain", f"id {number}", f"work {number}")
            assert member.ask("result", f"id {number}")[0] == f"work {number}"
    tables = SystemTables(database_url)
    assert tables.count("dbos_migrations") == migrations.NEWEST


@pytest.mark.long
@pytest.mark.parametrize("version", range(migrations.NEWEST))
def test_a_migration_killed_at_any_statement_is_all_or_nothing(
    database_url: str, config: DBOSConfig, version: int
) -> None:
    if version:
        make_former(database_url, version)
    ended = run_program("migrating.py", database_url, str(version))
    assert ended.code == 0, ended.errors
    assert int(ended.output) > 10
    migrated = schema_of(SystemTables(database_url))
    DBOS(config=config)
    DBOS.reset_system_database()
    assert schema_of(SystemTables(database_url)) == migrated


@pytest.mark.parametrize("version", range(1, migrations.NEWEST))
def test_a_former_schema_becomes_the_newest_with_the_work_that_waits_in_it(
    database_url: str, config: DBOSConfig, version: int
) -> None:
    make_former(database_url, version)
    before = schema_of(SystemTables(database_url))
    queue = Queue("former")

    @DBOS.workflow()
    def workflow(number: int) -> int:
        return number

    DBOS(config={**config, "run_migrations": False})
    DBOS.listen_queues([])
    DBOS.launch()
    handles = [queue.enqueue(workflow, number) for number in range(3)]
    ids = [handle.workflow_id for handle in handles]
    DBOS.destroy()
    assert schema_of(SystemTables(database_url)) == before
    DBOS(config=config)
    DBOS.launch()
    assert [DBOS.retrieve_workflow(id).get_result() for id in ids] == [0, 1, 2]
    DBOS.destroy()
    migrated = schema_of(SystemTables(database_url))
    DBOS(config=config)
    DBOS.reset_system_database()
    assert schema_of(SystemTables(database_url)) == migrated != before


def test_a_newer_schema_is_refused_untouched(database_url: str, config: DBOSConfig) -> None:
    DBOS(config=config)
    DBOS.launch()
    DBOS.destroy()
    tables = SystemTables(database_url)
    tables.execute(f"INSERT INTO {tables.table('dbos_migrations')} (version) VALUES (99)")
    before = schema_of(tables)
    DBOS(config=config)
    with pytest.raises(DBOSInitializationError, match="version 99"):
        DBOS.launch()
    assert schema_of(tables) == before
    assert tables.count("executors") == 0


def test_a_role_without_ddl_rights_works_after_migrate(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    name = postgres_server.create()
    admin = postgres_server.url_of(name)
    parts = urlsplit(admin)
    limited = urlunsplit(parts._replace(netloc=f"limited_{name}@{parts.netloc.partition('@')[2]}"))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE limited_{name} LOGIN".encode())
        connection.execute(f'REVOKE CREATE ON DATABASE "{name}" FROM PUBLIC'.encode())
    try:
        config: DBOSConfig = {"name": "limited", "system_database_url": limited}
        DBOS.destroy(destroy_registry=True)
        DBOS(config=config)
        with pytest.raises(DBOSInitializationError, match="permission denied"):
            DBOS.launch()
        DBOS.destroy(destroy_registry=True)
        with psycopg.connect(admin, autocommit=True) as connection:
            DBOS(config={**config, "system_database_url": admin})
            DBOS.launch()
            DBOS.destroy()
            for grant in (
                "USAGE ON SCHEMA dbos",
                "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dbos",
            ):
                connection.execute(f"GRANT {grant} TO limited_{name}".encode())
        with team(limited, tmp_path) as group:
            member = group.member()
            member.ask("enqueue", "orders", "plain", "one", "one")
            assert member.ask("result", "one")[0] == "one"
    finally:
        DBOS.destroy(destroy_registry=True)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP OWNED BY limited_{name}".encode())
            connection.execute(f"DROP ROLE limited_{name}".encode())
        postgres_server.drop(name)
