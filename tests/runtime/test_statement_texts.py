"""The texts of statements that travel with the package are those that would be built.

A stale text would run the statement of yesterday, and one that is missing would cost each launch
the import of SQLAlchemy.
"""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dbos.error import DBOSInitializationError
from dbos.system import address, migrations, steps, texts
from dbos.system.dialect import language
from support import statement_texts
from support.postgres import PostgresServer

LAUNCH = """
import sys
from dbos import DBOS

@DBOS.step()
def step(number: int) -> int:
    return number

@DBOS.workflow()
def workflow(number: int) -> int:
    DBOS.set_event("seen", number)
    return step(number)

DBOS(config={"name": "quick", "system_database_url": sys.argv[1]})
DBOS.launch()
assert workflow(1) == 1
assert DBOS.start_workflow(workflow, 2).get_result() == 2
DBOS.destroy()
print("sqlalchemy" in sys.modules)
"""


@pytest.mark.parametrize("is_sqlite", [True, False], ids=["sqlite", "postgres"])
def test_the_texts_are_those_that_would_be_built(is_sqlite: bool) -> None:
    stored = texts.path(is_sqlite=is_sqlite).read_text(encoding="utf-8")
    again = "run python tests/support/statement_texts.py"
    assert stored == statement_texts.content(is_sqlite=is_sqlite), again


def test_what_is_looked_up_is_what_was_spelled() -> None:
    spoken = language("postgresql://any", "dbos")
    found = 0
    for one in statement_texts.statements():
        known = texts.of(one.origin, is_sqlite=False, schema="dbos")
        if known is not None:
            assert known == statement_texts.spelled(spoken, one)
            found += 1
    assert found > 90


def test_a_schema_that_is_a_word_of_sql_is_quoted_and_an_odd_one_is_built() -> None:
    for schema, expected in (("order", '"order"'), ("Odd one%", '"Odd one%%"')):
        spoken = language("postgresql://any", schema)
        (sql,) = spoken.spelled(steps.RECORD)
        assert f"INSERT INTO {expected}.operation_outputs" in sql
    assert texts.of("steps.RECORD", is_sqlite=False, schema="Odd one%") is None


@pytest.mark.parametrize("schema", ["user", "Mixed Case", 'a"b', "$_", "x{schema}"])
def test_any_schema_can_be_created_and_used(postgres_server: PostgresServer, schema: str) -> None:
    from dbos.system import SystemDatabase, versions

    name = postgres_server.create()
    system = SystemDatabase(postgres_server.url_of(name), schema=schema)
    try:
        assert system.migrate() == 0
        system.save(versions.register("1", "id", 1))
        assert [one["version_name"] for one in system.read(versions.read_versions())] == ["1"]
        assert system.schema_version() == migrations.NEWEST
    finally:
        system.close()
        postgres_server.drop(name)


def test_a_process_that_runs_workflows_never_imports_sqlalchemy(database_url: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LAUNCH, database_url], capture_output=True, text=True, timeout=60
    )
    assert run.stdout.split() == ["False"], run.stderr


WORDS = (
    *("u", "p", "@", ":", "/", "?", "a=1", "&", "h", "5432", "[::1]", "%40", "%2F", "%20", " "),
    *("+", "db", "é", "#", ".sqlite", "=", "\n", "%", "host=/run/a b", "\\"),
)
BEGINNINGS = (
    *("postgresql://", "sqlite:///", "postgres://", "postgresql://u:p@", "postgresql://u@h:1/"),
    *("postgresql+psycopg://u:p@h:1/d", "", "sqlite:", "post-gres://h/d"),
)


def test_addresses_are_read_and_spelled_as_sqlalchemy_does() -> None:
    choice = random.Random(20)
    for _ in range(4000):
        words = choice.choices(WORDS, k=choice.randrange(9))
        url = choice.choice(BEGINNINGS) + "".join(words)
        if "[" in url:
            # What stands between a bracket and the port is an error here, and is dropped there.
            continue
        assert _ours(url) == _theirs(url), repr(url)


@pytest.mark.parametrize("host", ["[::1]", "[::1]:5432", "[fe80::1%25eth0]:1"])
def test_a_host_in_brackets_has_colons_of_its_own(host: str) -> None:
    url = f"postgresql://u:p@{host}/d"
    assert _ours(url) == _theirs(url) is not None


@pytest.mark.parametrize("url", ["postgresql://[::1]x/d", "postgresql://h:/d", "h/d", "a b://h/d"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says it in its own words
        address.read(url)


def _ours(url: str) -> object:
    try:
        found = address.read(url)
    except ValueError:
        return None
    parts = (found.drivername, found.username, found.password, found.host, found.port)
    spelled = [found.render(name, hide_password=hide) for hide, name in SPELLINGS]
    return (parts, found.database, dict(found.query), spelled)


def _theirs(url: str) -> object:
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        return None
    parts = (found.drivername, found.username, found.password, found.host, found.port)
    query = {
        key: (value,) if isinstance(value, str) else tuple(value)
        for key, value in found.query.items()
    }
    spelled = [
        found.set(drivername=name or found.drivername).render_as_string(hide_password=hide)
        for hide, name in SPELLINGS
    ]
    return (parts, found.database, query, spelled)


SPELLINGS = ((True, None), (False, None), (False, "postgresql"))


def test_a_password_is_not_shown_by_chance() -> None:
    found = address.read("postgresql://user:secret@h/d")
    assert "secret" not in repr(found)
    assert "secret" not in repr(language("postgresql://user:secret@h/d", "dbos"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://h/d?password=hush&user=u",
        "postgresql://u:other@h/d?sslpassword=hush&sslmode=require",
    ],
)
def test_a_password_in_the_query_is_hidden_as_well(url: str) -> None:
    found = address.read(url)
    assert "hush" not in found.render(hide_password=True) + repr(found)
    assert "hush" in found.render(hide_password=False)


@pytest.mark.parametrize("url", ["postgresql://u:p@hush@h/d", "postgresql://u:p@hu:sh@h/d"])
def test_a_password_that_is_not_spelled_out_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(DBOSInitializationError, match="cannot be read") as refused:
        language(url, "dbos")
    assert "h@h" not in str(refused.value)
    assert "hu" not in str(refused.value)
