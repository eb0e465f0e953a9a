"""Migrating out of band: who makes the tables, who may use them, and what is printed for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
import sqlalchemy

from dbos import DBOS, DBOSClient, DBOSConfig, Queue, cli, run_dbos_database_migrations
from dbos.error import DBOSInitializationError
from support.behaviour import SystemTables
from support.postgres import PostgresServer

SHAPE = (
    """SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
    WHERE table_schema = 'dbos' ORDER BY 1, 2""",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'dbos' ORDER BY 1",
    """SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges
    WHERE table_schema = 'dbos' ORDER BY 1, 2, 3""",
    "SELECT version FROM dbos.dbos_migrations ORDER BY 1",
)
ROLE = 'o\'brien "%s" & co'


@pytest.fixture
def places(postgres_server: PostgresServer) -> Iterator[tuple[str, str]]:
    """Two empty databases of one server, and a role that may create nothing in them."""
    names = postgres_server.create(), postgres_server.create()
    urls = postgres_server.url_of(names[0]), postgres_server.url_of(names[1])
    quoted = ROLE.replace('"', '""')
    with psycopg.connect(urls[0], autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{quoted}" LOGIN'.encode())
    yield urls
    for name in names:
        postgres_server.drop(name)
    with psycopg.connect(postgres_server.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP ROLE "{quoted}"'.encode())


def as_role(url: str) -> str:
    """The URL of the same database for the role."""
    changed = sqlalchemy.make_url(url).set(username=ROLE, password=None)
    return changed.render_as_string(hide_password=False)


def test_a_granted_role_runs_workflows_and_transactions_without_creating_anything(
    places: tuple[str, str],
) -> None:
    system, application = places
    run_dbos_database_migrations(system, app_database_url=application, application_role=ROLE)
    with psycopg.connect(application, autocommit=True) as connection:
        connection.execute("CREATE TABLE counted (n int)")
        connection.execute("GRANT ALL ON counted TO PUBLIC")
    config: DBOSConfig = {
        "name": "granted",
        "system_database_url": as_role(system),
        "application_database_url": as_role(application),
    }
    DBOS.destroy(destroy_registry=True)
    DBOS(config=config)
    try:

        @DBOS.transaction()
        def count(n: int) -> int:
            DBOS.sql_session.execute(sqlalchemy.text(f"INSERT INTO counted VALUES ({int(n)})"))
            return n

        @DBOS.workflow()
        def counting(n: int) -> int:
            DBOS.set_event("n", n)
            return count(n)

        DBOS.launch()
        assert counting(3) == 3
    finally:
        DBOS.destroy(destroy_registry=True)
    with psycopg.connect(application) as connection:
        assert connection.execute("SELECT n FROM counted").fetchall() == [(3,)]


def test_what_is_printed_makes_the_same_database(
    places: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand, by_us = places
    capsys.readouterr()
    arguments = ["migrate", "--print-migrations", "all", "--print-user-role", "-r", ROLE]
    assert cli.run([*arguments, "-s", by_hand]) == 0
    printed = capsys.readouterr().out
    with psycopg.connect(by_hand, autocommit=True) as connection:
        assert connection.execute("SELECT to_regclass('dbos.workflow_status')").fetchone() == (
            None,
        )
        connection.execute(printed.encode())
    DBOS.migrate(by_us, application_role=ROLE)
    shapes = [_shape(url) for url in places]
    assert shapes[0] == shapes[1]
    assert shapes[0]
    assert cli.run(["migrate", "-s", by_hand]) == 0
    assert "schema version" in capsys.readouterr().out


def _shape(url: str) -> list[tuple[object, ...]]:
    """Columns, indexes and rights of the schema."""
    found: list[tuple[object, ...]] = []
    with psycopg.connect(url) as connection:
        for sql in SHAPE:
            found += connection.execute(sql.encode()).fetchall()
    return found


def test_sqlite_has_no_roles_and_nothing_is_made(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/system.sqlite"
    with pytest.raises(DBOSInitializationError, match="SQLite has no roles"):
        run_dbos_database_migrations(url, application_role="app")
    run_dbos_database_migrations(url)
    assert SystemTables(url).count("workflow_status") == 0


@pytest.mark.parametrize("url", ["", "mysql://a/b", "nonsense"])
def test_a_url_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(DBOSInitializationError):
        run_dbos_database_migrations(url)


def test_the_application_database_gets_its_table_of_outputs(tmp_path: object) -> None:
    system, application = (f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("s", "a"))
    assert cli.run(["migrate", "-s", system, "-D", application]) == 0
    with closing(SystemTables(application)._engine.connect()) as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == ["transaction_outputs"]


@pytest.mark.parametrize("verb", [("workflow", "list"), ("queue", "list"), ("migrate",)])
def test_the_database_of_a_newer_release_is_left_alone(
    database_url: str, verb: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    run_dbos_database_migrations(database_url)
    tables = SystemTables(database_url)
    tables.execute(f"INSERT INTO {tables.table('dbos_migrations')} VALUES (9999)")
    capsys.readouterr()
    assert cli.run([*verb, "-s", database_url]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "9999" in captured.err
    assert "newer" in captured.err


def test_a_password_with_a_space_reaches_the_server(
    places: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    url = sqlalchemy.make_url(as_role(places[0])).set(password="two words % and @ sign")
    run_dbos_database_migrations(places[0], application_role=ROLE)
    assert cli.run(["workflow", "list", "-s", url.render_as_string(hide_password=False)]) == 0
    assert "ID" in capsys.readouterr().out


@pytest.mark.parametrize("schema", ["", "50%s", 'a"b', "o'brien", "two words", "x" * 64, "1st"])
def test_a_schema_that_is_no_plain_name_is_refused_on_every_way_in(
    schema: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is asked of the server: there is none at this address."""
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(DBOSInitializationError, match="is not a schema name; use"):
        run_dbos_database_migrations(url, schema=schema)
    with pytest.raises(DBOSInitializationError, match="is not a schema name; use"):
        DBOSClient(system_database_url=url, dbos_system_schema=schema)
    for command in (["migrate"], ["workflow", "list"]):
        with pytest.raises(SystemExit) as ended:
            cli.main([*command, "--sys-db-url", url, "--schema", schema])
        assert ended.value.code not in (0, None)
        assert "is not a schema name; use" in capsys.readouterr().err


@pytest.mark.parametrize("schema", ["select", "MiXed-case$"])
def test_a_schema_that_needs_quotes_is_made_used_and_dropped(
    postgres_server: PostgresServer, schema: str
) -> None:
    DBOS.destroy(destroy_registry=True)
    name = postgres_server.create()
    queue = Queue("quoted", concurrency=1)

    @DBOS.transaction()
    def double(number: int) -> int:
        return int(DBOS.sql_session.execute(sqlalchemy.text(f"SELECT 2 * {number}")).scalar() or 0)

    @DBOS.workflow()
    def workflow(number: int) -> int:
        return double(number)

    url = postgres_server.url_of(name)
    DBOS(config={"name": "quoted", "system_database_url": url, "dbos_system_schema": schema})
    try:
        for _ in range(2):
            DBOS.launch()
            assert queue.enqueue(workflow, 4).get_result() == 8
            assert [one.status for one in DBOS.list_workflows()] == ["SUCCESS"]
            DBOS.destroy()
            DBOS(
                config={"name": "quoted", "system_database_url": url, "dbos_system_schema": schema}
            )
            DBOS.reset_system_database()
    finally:
        DBOS.destroy(destroy_registry=True)
        postgres_server.drop(name)
