"""Options that commands share: which database, and how to print.

In: command functions. Out: the same with options added. Never opens a database before a command
runs.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dbos.client import DBOSClient
from dbos.config import valid_schema
from dbos.status import WorkflowStatusString

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
MOST_ROWS = 1_000_000
# Where click keeps the options of a function until it becomes a command.
PARAMETERS = "__click_params__"
_STATES = [status.value for status in WorkflowStatusString]
_FILTERS = (
    click.option(
        *("-l", "--limit"),
        type=click.IntRange(min=0, max=MOST_ROWS),
        default=10,
        show_default=True,
        help="How many.",
    ),
    click.option(
        "-o", "--offset", type=click.IntRange(min=0), default=0, help="How many to pass over."
    ),
    click.option(
        *("-S", "--status"),
        multiple=True,
        type=click.Choice(_STATES, case_sensitive=False),
        help="Only in this state; may be repeated.",
    ),
    click.option("-n", "--name", help="Only workflows of this name."),
    click.option("-q", "--queue", "--queue-name", "queue_name", help="Only on this queue."),
    click.option("-u", "--user", help="Only of this user."),
    click.option("-v", "--application-version", "app_version", help="Only of this version."),
    click.option("-a", "--application-name", help="Only of this application."),
    click.option("-t", "--start-time", help="Only created after this time (ISO 8601)."),
    click.option("-e", "--end-time", help="Only created before this time (ISO 8601)."),
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def database(function: F) -> F:
    """Add ``--sys-db-url`` and ``--schema``."""
    function = click.option("--schema", default="dbos", help="Schema of the tables on Postgres.")(
        function
    )
    # Scripts written for the original name the application's database with every command.
    if not any(one.name == "application_url" for one in getattr(function, PARAMETERS, ())):
        function = click.option("-D", "--db-url", hidden=True, expose_value=False)(function)
    return click.option(
        *("-s", "--sys-db-url", "--database", "url"),
        help="System database. Default: DBOS_SYSTEM_DATABASE_URL, else the SQLite file that an"
        " application named like the project in this folder uses.",
    )(function)


def filters(function: F) -> F:
    """Add the filters and the order that listings of workflows share."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


def page(found: list[T], limit: int, as_json: bool) -> list[T]:
    """The rows to show of one more than asked for; tells people on stderr when there are others."""
    if len(found) > limit and not as_json:
        click.echo("There are more; --limit and --offset show them.", err=True)
    return found[:limit]


def database_url(given: str | None) -> str:
    """The URL to use. Raises ``click.UsageError`` when nothing tells which."""
    url = given or os.environ.get("DBOS_SYSTEM_DATABASE_URL")
    if url:
        return url
    try:
        with Path("pyproject.toml").open("rb") as file:
            name = tomllib.load(file)["project"]["name"]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        raise click.UsageError(
            "no database: give --sys-db-url or set DBOS_SYSTEM_DATABASE_URL"
        ) from None
    return f"sqlite:///{str(name).replace('-', '_')}.sqlite"


def connect(given: str | None, schema: str) -> DBOSClient:
    """A client of an existing system database.

    Raises ``click.UsageError`` when there is none, instead of creating it.
    """
    from dbos.system import existing

    url = database_url(given)
    file = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not Path(file).exists():
        raise click.UsageError(
            f"no system database at {file}: start the application or run `dbos migrate` first"
        )
    # Opened once to look: a client would wait for a database that is away.
    existing.open_existing(url, schema=valid_schema(schema)).close()
    return DBOSClient(system_database_url=url, dbos_system_schema=schema)
