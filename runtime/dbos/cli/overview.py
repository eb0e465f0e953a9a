"""``dbos queue …``, ``schedule …`` and ``version …``: the application at a glance.

In: a database. Out: tables or JSON. Never changes anything but whether a stored schedule fires.
"""

from __future__ import annotations

from importlib import metadata

import click

from dbos.cli import options
from dbos.cli.output import Missing, moment, say, show
from dbos.client import DBOSClient


@click.group()
def queue() -> None:
    """See the queues."""


@queue.command("list")
@options.database
@options.as_json
def list_queues(url: str | None, schema: str, as_json: bool) -> None:
    """List the queues with unfinished work."""
    with options.connect(url, schema) as client:
        found = client.queue_occupancy()
    rows = [{**row, "since": moment(row["oldest"])} for row in found]
    columns = {
        "queue_name": "QUEUE",
        "enqueued": "ENQUEUED",
        "delayed": "DELAYED",
        "running": "RUNNING",
        "since": "OLDEST",
    }
    show(rows, columns, as_json)


@click.group()
def schedule() -> None:
    """See and steer schedules."""


@schedule.command("list")
@options.database
@options.as_json
def list_schedules(url: str | None, schema: str, as_json: bool) -> None:
    """List the cron schedules: those of decorators and those created at run time."""
    with options.connect(url, schema) as client:
        found = client.list_schedules(status=["ACTIVE", "PAUSED", "DECLARED"])
    rows = [
        {**row, "fired": (row["last_fired_at"] or "").replace("T", " ").partition("+")[0]}
        for row in found
    ]
    columns = {
        "schedule_name": "SCHEDULE",
        "workflow_name": "WORKFLOW",
        "status": "STATUS",
        "schedule": "CRON",
        "cron_timezone": "ZONE",
        "fired": "LAST TICK",
    }
    show(rows, columns, as_json)


@schedule.command("pause")
@options.database
@click.argument("schedule_name")
def pause(url: str | None, schema: str, schedule_name: str) -> None:
    """Let a stored schedule fire no more until it is resumed."""
    with options.connect(url, schema) as client:
        _require(client, schedule_name)
        client.pause_schedule(schedule_name)
    say(f"paused {schedule_name}")


@schedule.command("resume")
@options.database
@click.argument("schedule_name")
def resume(url: str | None, schema: str, schedule_name: str) -> None:
    """Let a paused schedule fire again."""
    with options.connect(url, schema) as client:
        _require(client, schedule_name)
        client.resume_schedule(schedule_name)
    say(f"resumed {schedule_name}")


@schedule.command("trigger")
@options.database
@click.argument("schedule_name")
def trigger(url: str | None, schema: str, schedule_name: str) -> None:
    """Run the workflow of a stored schedule once, now; prints its id."""
    with options.connect(url, schema) as client:
        _require(client, schedule_name)
        handle = client.trigger_schedule(schedule_name)
    say(handle.workflow_id)


def _require(client: DBOSClient, schedule_name: str) -> None:
    if client.get_schedule(schedule_name) is None:
        raise Missing(f"There is no stored schedule {schedule_name!r}")


@click.group(
    invoke_without_command=True, short_help="Show this release, or versions of the application."
)
@click.pass_context
def version(context: click.Context) -> None:
    """Show the release of dbos-build, or list the versions of the application."""
    if context.invoked_subcommand is None:
        say(release())


def release() -> str:
    """The release of this distribution; "unknown" when it is not installed as one."""
    try:
        return metadata.version("dbos-build")
    except metadata.PackageNotFoundError:
        return "unknown"


@version.command("list")
@options.database
@options.as_json
def list_versions(url: str | None, schema: str, as_json: bool) -> None:
    """List the versions that have run on this database, the latest first."""
    with options.connect(url, schema) as client:
        found = client.list_application_versions()
    rows = [{**row, "since": moment(row["created_at"])} for row in found]
    show(rows, {"version_name": "VERSION", "since": "FIRST SEEN"}, as_json)
