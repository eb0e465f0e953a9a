"""``dbos migrate`` and ``dbos reset``: the tables of the system database.

In: a URL. Out: tables of the current schema. Never drops anything without being told twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dbos import config
from dbos.cli import options
from dbos.cli.output import plain, say
from dbos.migrating import run_dbos_database_migrations

if TYPE_CHECKING:
    from dbos.system import SystemDatabase


def _first_step(context: click.Context, option: click.Parameter, given: str | None) -> int | None:
    """``all`` or a number as the number of the first step to print."""
    if given is None or given == "all":
        return 1 if given else None
    if not given.isdecimal() or int(given) < 1:
        raise click.BadParameter(f"{given!r} is neither 'all' nor the number of a step")
    return int(given)


def _open(url: str | None, schema: str) -> SystemDatabase:
    from dbos.system import SystemDatabase

    return SystemDatabase(options.database_url(url), schema=config.valid_schema(schema))


@click.command()
@options.database
@click.option(
    *("-D", "--db-url", "application_url"),
    help="The application's database, when it is another one: transactions need a table there.",
)
@click.option(
    *("-r", "--app-role", "role"),
    help="The role of Postgres that the application connects as: it gets the right to use the"
    " tables, and needs none to create any.",
)
@click.option(
    *("--print-migrations", "since"),
    metavar="[all|NUMBER]",
    callback=_first_step,
    help="Print the SQL of all steps, or of those from a number on, instead of running it.",
)
@click.option(
    *("--print-user-role", "print_role"),
    is_flag=True,
    help="Print the SQL that gives --app-role its rights, instead of running anything.",
)
def migrate(
    url: str | None,
    schema: str,
    application_url: str | None,
    role: str | None,
    since: int | None,
    print_role: bool,
) -> None:
    """Create the tables, or bring them up to date."""
    if print_role and role is None:
        raise click.UsageError("--print-user-role needs the role: give --app-role")
    system = _open(url, schema)
    try:
        if since is not None or print_role:
            _print(system, since, role if print_role else None)
            return
    finally:
        system.close()
    run_dbos_database_migrations(
        options.database_url(url),
        app_database_url=application_url,
        schema=schema,
        application_role=role,
    )
    system = _open(url, schema)
    try:
        say(f"{system.describe()} is at schema version {system.schema_version()}")
    finally:
        system.close()


def _print(system: SystemDatabase, since: int | None, role: str | None) -> None:
    """Print SQL for whoever runs it by hand; the database is not asked anything."""
    from dbos.system import grants, migrations

    found = [] if since is None else migrations.script(system.language, since)
    if role is not None:
        found += grants.statements(system.language, role)
    for sql in found:
        click.echo(f"{sql.strip()};")


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
