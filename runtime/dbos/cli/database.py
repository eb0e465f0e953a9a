"""``dbos migrate`` and ``dbos reset``: the tables of the system database.

In: a URL. Out: tables of the current schema. Never drops anything without being told twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbos import config
from dbos.cli import options
from dbos.cli.output import plain, say
from dbos.launch import open_system

if TYPE_CHECKING:
    from dbos.system import SystemDatabase


def _open(url: str | None, schema: str) -> SystemDatabase:
    given = {
        "name": "dbos-cli",
        "system_database_url": options.database_url(url),
        "dbos_system_schema": schema,
        "run_migrations": False,
    }
    return open_system(config.settings(given))


@click.command()
@options.database
def migrate(url: str | None, schema: str) -> None:
    """Create the tables, or bring them up to date."""
    system = _open(url, schema)
    try:
        system.migrate()
        say(f"{system.describe()} is at schema version {system.schema_version()}")
    finally:
        system.close()


@click.command()
@options.database
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def reset(url: str | None, schema: str, yes: bool) -> None:
    """Drop all workflows and create empty tables."""
    system = _open(url, schema)
    try:
        if not yes:
            click.confirm(plain(f"Drop every workflow in {system.describe()}?"), abort=True)
        system.reset()
        say(f"{system.describe()} is empty")
    finally:
        system.close()
