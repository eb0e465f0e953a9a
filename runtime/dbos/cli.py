"""``dbos``: start, migrate and reset; look at workflows and queues and steer them.

In: command lines. Out: tables for people, JSON with ``--json``, and exit code 0, 1 (what was asked
for is not there) or 2 (usage or configuration). Never executes, unpickles or imports anything that
a database contains.

The database is ``--database``, else ``DBOS_SYSTEM_DATABASE_URL``, else the SQLite file of the
application named in ``dbos-config.yaml`` or given with ``--name``.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dbos import config, drive, management, status
from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.launch import open_system
from dbos.report import rows_as_table, to_json

if TYPE_CHECKING:
    from dbos.system import SystemDatabase

F = TypeVar("F", bound=Callable[..., Any])
NOT_THERE = 1
WRONG = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run and inspect durable workflows."""


def database_options(function: F) -> F:
    """The options that say which database to talk to."""
    for option in (
        click.option("-s", "--sys-db-url", "--database", "url", help="System database URL."),
        click.option("--schema", default="dbos", help="Schema of the tables on Postgres."),
        click.option("--name", help="Application whose SQLite file to use."),
    ):
        function = option(function)
    return function


def reported(function: F) -> F:
    """Errors as one line on stderr with the exit code that fits."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except DBOSNonExistentWorkflowError as error:
            click.echo(f"dbos: {error}", err=True)
            sys.exit(NOT_THERE)
        except DBOSException as error:
            click.echo(f"dbos: {error}", err=True)
            sys.exit(WRONG)

    return wrapper  # type: ignore[return-value]


def _settings(url: str | None, schema: str, name: str | None, *, migrate: bool) -> config.Settings:
    chosen = url or os.environ.get("DBOS_SYSTEM_DATABASE_URL")
    application = name or _configured_name()
    if chosen is None and application is None:
        raise DBOSException("No database: give --database, --name, or set DBOS_SYSTEM_DATABASE_URL")
    given = {
        "name": application or "dbos-cli",
        "system_database_url": chosen,
        "dbos_system_schema": schema,
        "run_migrations": migrate,
    }
    return config.settings(given)


def _configured_name() -> str | None:
    """The application's name in dbos-config.yaml: the one key the command line needs of it."""
    try:
        text = Path("dbos-config.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r"^name:\s*[\"']?([a-z0-9_-]+)[\"']?\s*$", text, re.MULTILINE)
    return found.group(1) if found else None


@contextmanager
def _opened(url: str | None, schema: str, name: str | None) -> Iterator[SystemDatabase]:
    """The system database, which must exist already and have its tables."""
    settings = _settings(url, schema, name, migrate=False)
    _require_file(settings.system_database_url)
    system = open_system(settings)
    try:
        if system.schema_version() == 0:
            raise DBOSException(
                f"{system.describe()} has no system tables; run `dbos migrate` first"
            )
        yield system
    finally:
        system.close()


def _require_file(url: str) -> None:
    from dbos.system.dialect import language, sqlite_path

    spoken = language(url, "dbos")
    if spoken.is_sqlite and not Path(sqlite_path(spoken.url)).exists():
        raise DBOSException(f"There is no database file {sqlite_path(spoken.url)}")


def _show(items: Sequence[Any], columns: Sequence[str], as_json: bool) -> None:
    if as_json:
        click.echo(to_json(items))
    else:
        click.echo(rows_as_table(items, columns))


# ---------------------------------------------------------------------- application


@main.command()
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@reported
def start(command: tuple[str, ...]) -> None:
    """Run the application: COMMAND, else the start commands of dbos-config.yaml."""
    commands = [list(command)] if command else _start_commands()
    for each in commands:
        code = subprocess.run(each, check=False, shell=isinstance(each, str)).returncode
        if code != 0:
            sys.exit(code)


def _start_commands() -> list[Any]:
    try:
        text = Path("dbos-config.yaml").read_text(encoding="utf-8")
    except OSError:
        text = ""
    block = re.search(r"^\s*start:\s*\n((?:\s+-\s+.+\n?)+)", text, re.MULTILINE)
    if block is None:
        raise DBOSException(
            "Nothing to start: give a command, or runtimeConfig.start in dbos-config.yaml"
        )
    return [line.strip()[1:].strip().strip("\"'") for line in block.group(1).splitlines()]


@main.command()
@database_options
@reported
def migrate(url: str | None, schema: str, name: str | None) -> None:
    """Create or update the system tables."""
    system = open_system(_settings(url, schema, name, migrate=False))
    try:
        found = system.migrate()
        now = system.schema_version()
        changed = "is up to date" if found == now else f"updated from version {found}"
        click.echo(f"{system.describe()}: schema version {now}, {changed}")
    finally:
        system.close()


@main.command()
@database_options
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@reported
def reset(url: str | None, schema: str, name: str | None, yes: bool) -> None:
    """Delete all workflows and their records."""
    settings = _settings(url, schema, name, migrate=False)
    _require_file(settings.system_database_url)
    system = open_system(settings)
    try:
        if not yes and not click.confirm(f"Delete everything in {system.describe()}?"):
            sys.exit(NOT_THERE)
        system.reset()
        click.echo(f"{system.describe()} is empty")
    finally:
        system.close()


# ---------------------------------------------------------------------- workflows


@main.group()
def workflow() -> None:
    """List workflows and steer them."""


LISTED = ("workflow_id", "status", "name", "created_at", "queue_name", "app_version")


@workflow.command("list")
@database_options
@click.option("-l", "--limit", default=10, show_default=True, help="At most so many.")
@click.option("-o", "--offset", default=0, help="Leave out so many.")
@click.option("-S", "--status", "state", help="Only in this status.")
@click.option("-n", "--workflow-name", help="Only of this name.")
@click.option("-v", "--application-version", help="Only of this version.")
@click.option("-u", "--user", help="Only of this user.")
@click.option("--queue", help="Only of this queue.")
@click.option("-t", "--start-time", help="Only created at or after this ISO time.")
@click.option("-e", "--end-time", help="Only created at or before this ISO time.")
@click.option("--sort-desc/--sort-asc", default=True, help="Newest first, the default.")
@click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")
@reported
def list_command(url: str | None, schema: str, name: str | None, **options: Any) -> None:
    """List workflows, newest first."""
    asked = management.make_filter(
        limit=options["limit"],
        offset=options["offset"],
        status=options["state"],
        name=options["workflow_name"],
        app_version=options["application_version"],
        user=options["user"],
        queue_name=options["queue"],
        start_time=options["start_time"],
        end_time=options["end_time"],
        sort_desc=options["sort_desc"],
    )
    with _opened(url, schema, name) as system:
        found = drive.run(status.list_statuses(asked), system)
    _show(found, LISTED, options["as_json"])


def _status_of(system: SystemDatabase, workflow_id: str) -> status.WorkflowStatus:
    found = drive.run(
        status.list_statuses(management.make_filter(workflow_ids=[workflow_id])), system
    )
    if not found:
        raise DBOSNonExistentWorkflowError(workflow_id)
    return found[0]


@workflow.command()
@database_options
@click.argument("workflow_id")
@click.option("--json", "as_json", is_flag=True, help="Accepted; the output is JSON anyway.")
@reported
def get(url: str | None, schema: str, name: str | None, workflow_id: str, as_json: bool) -> None:
    """Show one workflow."""
    with _opened(url, schema, name) as system:
        click.echo(to_json(_status_of(system, workflow_id)))


STEP = ("function_id", "function_name", "output", "error", "started_at_epoch_ms")


@workflow.command()
@database_options
@click.argument("workflow_id")
@click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")
@reported
def steps(url: str | None, schema: str, name: str | None, workflow_id: str, as_json: bool) -> None:
    """Show the recorded steps of a workflow."""
    with _opened(url, schema, name) as system:
        _status_of(system, workflow_id)
        found = drive.run(status.list_steps(system, workflow_id), system)
    _show(found, STEP, as_json)


@workflow.command()
@database_options
@click.argument("workflow_ids", nargs=-1, required=True)
@click.option("--cancel-children", is_flag=True, help="Cancel child workflows, too.")
@reported
def cancel(
    url: str | None, schema: str, name: str | None, workflow_ids: tuple[str, ...], **options: bool
) -> None:
    """Cancel workflows."""
    with _opened(url, schema, name) as system:
        for workflow_id in workflow_ids:
            _status_of(system, workflow_id)
        protocol = management.cancel(system, list(workflow_ids), options["cancel_children"])
        done = drive.run(protocol, system)
    click.echo(f"Cancelled {len(done)} workflows")


@workflow.command()
@database_options
@click.argument("workflow_ids", nargs=-1, required=True)
@reported
def resume(url: str | None, schema: str, name: str | None, workflow_ids: tuple[str, ...]) -> None:
    """Let workflows go on, on whichever version runs."""
    with _opened(url, schema, name) as system:
        protocol = management.resume(
            system, list(workflow_ids), application_version=None, lease_seconds=15.0
        )
        drive.run(protocol, system)
    click.echo(f"Resumed {', '.join(workflow_ids)}")


def _forked(system: SystemDatabase, workflow_id: str, start_step: int, version: str | None) -> str:
    from dbos import copying

    return drive.run(copying.fork(system, workflow_id, start_step, version), system)


@workflow.command()
@database_options
@click.argument("workflow_id")
@reported
def restart(url: str | None, schema: str, name: str | None, workflow_id: str) -> None:
    """Run a workflow again from its beginning, with a new id."""
    with _opened(url, schema, name) as system:
        click.echo(_forked(system, workflow_id, 1, None))


@workflow.command()
@database_options
@click.argument("workflow_id")
@click.option("-S", "--step", default=1, show_default=True, help="First step to run again.")
@click.option("-v", "--application-version", help="Version that shall run it.")
@reported
def fork(
    url: str | None,
    schema: str,
    name: str | None,
    workflow_id: str,
    step: int,
    application_version: str | None,
) -> None:
    """Run a copy of a workflow from a step on, with a new id."""
    with _opened(url, schema, name) as system:
        click.echo(_forked(system, workflow_id, step, application_version))


# ---------------------------------------------------------------------- queues and versions


@main.group()
def queue() -> None:
    """Look at queues."""


@queue.command("list")
@database_options
@click.option("-l", "--limit", default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")
@reported
def queue_list(url: str | None, schema: str, name: str | None, limit: int, as_json: bool) -> None:
    """List the workflows that wait or run on a queue."""
    asked = management.make_filter(queues_only=True, limit=limit)
    with _opened(url, schema, name) as system:
        found = drive.run(status.list_statuses(asked), system)
    _show(found, ("queue_name", "workflow_id", "status", "name", "priority"), as_json)


@main.group()
def version() -> None:
    """Look at application versions."""


@version.command("list")
@database_options
@click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")
@reported
def version_list(url: str | None, schema: str, name: str | None, as_json: bool) -> None:
    """List the versions that have run on the database."""
    from dbos.system import versions

    with _opened(url, schema, name) as system:
        found = system.read(versions.read_versions())
    _show(found, ("version_name", "version_timestamp"), as_json)


@main.group()
def schedule() -> None:
    """Look at schedules."""


@schedule.command("list")
@database_options
@click.option("--json", "as_json", is_flag=True, help="JSON for scripts.")
@reported
def schedule_list(url: str | None, schema: str, name: str | None, as_json: bool) -> None:
    """List the cron schedules that processes have announced."""
    from dbos.system import schedules

    with _opened(url, schema, name) as system:
        found = system.read(schedules.read_schedules())
    _show(found, ("workflow_name", "schedule", "cron_timezone", "last_fired_at"), as_json)
