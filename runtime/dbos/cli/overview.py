"""``dbos queue list``, ``schedule list`` and ``version list``: the application at a glance.

In: a database. Out: tables or JSON. Never changes anything.
"""

from __future__ import annotations

import click

from dbos.cli import options
from dbos.cli.output import moment, show


@click.group()
def queue() -> None:
    """Queues."""


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
    """Schedules."""


@schedule.command("list")
@options.database
@options.as_json
def list_schedules(url: str | None, schema: str, as_json: bool) -> None:
    """List the cron schedules: those of decorators and those created at run time."""
    with options.connect(url, schema) as client:
        found = client.list_schedules(status=["ACTIVE", "PAUSED", "DECLARED"])
    rows = [{**row, "fired": moment(row["last_fired_at"])} for row in found]
    columns = {
        "schedule_name": "SCHEDULE",
        "workflow_name": "WORKFLOW",
        "status": "STATUS",
        "schedule": "CRON",
        "cron_timezone": "ZONE",
        "fired": "LAST TICK",
    }
    show(rows, columns, as_json)


@click.group()
def version() -> None:
    """Application versions."""


@version.command("list")
@options.database
@options.as_json
def list_versions(url: str | None, schema: str, as_json: bool) -> None:
    """List the versions that have run on this database, the latest first."""
    with options.connect(url, schema) as client:
        found = client.list_application_versions()
    rows = [{**row, "since": moment(row["created_at"])} for row in found]
    show(rows, {"version_name": "VERSION", "since": "FIRST SEEN"}, as_json)
