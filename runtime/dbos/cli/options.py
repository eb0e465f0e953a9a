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

F = TypeVar("F", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def database(function: F) -> F:
    """Add ``--sys-db-url`` and ``--schema``."""
    function = click.option("--schema", default="dbos", help="Schema of the tables on Postgres.")(
        function
    )
    return click.option(
        *("-s", "--sys-db-url", "--database", "url"),
        help="System database. Default: DBOS_SYSTEM_DATABASE_URL, else the SQLite file that an"
        " application named like the project in this folder uses.",
    )(function)


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
    url = database_url(given)
    file = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not Path(file).exists():
        raise click.UsageError(
            f"no system database at {file}: start the application or run `dbos migrate` first"
        )
    client = DBOSClient(system_database_url=url, dbos_system_schema=schema)
    try:
        if client.schema_version() == 0:
            raise click.UsageError("the database has no system tables: run `dbos migrate` first")
    except BaseException:
        client.destroy()
        raise
    return client
