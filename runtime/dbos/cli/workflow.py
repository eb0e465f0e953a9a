"""``dbos workflow …``: list and inspect workflows, and the group that all its commands belong to.

In: ids and filters. Out: tables or JSON. Never changes anything; see ``steering`` for what does.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from dbos.cli import options
from dbos.cli.export import export
from dbos.cli.in_flight import in_flight
from dbos.cli.output import moment, show, show_one
from dbos.cli.steering import cancel, delete, fork, restart, resume, row
from dbos.error import DBOSNonExistentWorkflowError

COLUMNS = {
    "workflow_id": "ID",
    "status": "STATUS",
    "name": "NAME",
    "queue_name": "QUEUE",
    "created": "CREATED",
    "app_version": "VERSION",
}
STEP_COLUMNS = {
    "function_id": "STEP",
    "function_name": "NAME",
    "started": "STARTED",
    "outcome": "OUTCOME",
    "child_workflow_id": "CHILD",
}
TIMES = frozenset(
    (
        *("created_at", "updated_at", "completed_at", "dequeued_at"),
        *("delay_until_epoch_ms", "workflow_deadline_epoch_ms"),
    )
)


@click.group()
def workflow() -> None:
    """See and steer workflows."""


workflow.add_command(export)


@workflow.command("list")
@options.database
@options.as_json
@options.filters
@click.option("-d/-A", "--sort-desc/--sort-asc", default=True, help="Newest first, or oldest.")
def list_workflows(url: str | None, schema: str, as_json: bool, limit: int, **filters: Any) -> None:
    """List workflows, newest first."""
    filters["status"] = list(filters["status"]) or None
    with options.connect(url, schema) as client:
        found = client.list_workflows(limit=limit + 1, **filters)
    show([row(status) for status in options.page(found, limit, as_json)], COLUMNS, as_json)


workflow.add_command(in_flight)


@workflow.command("get")
@options.database
@options.as_json
@click.argument("workflow_id")
def get(url: str | None, schema: str, as_json: bool, workflow_id: str) -> None:
    """Show one workflow."""
    with options.connect(url, schema) as client:
        status = client.get_workflow_status(workflow_id)
    if status is None:
        raise DBOSNonExistentWorkflowError(workflow_id)
    if as_json:
        show_one(row(status))
        return
    known = [
        {"field": name, "value": moment(value) if name in TIMES else value}
        for name, value in asdict(status).items()
        if value is not None
    ]
    show(known, {"field": "FIELD", "value": "VALUE"}, as_json)


@workflow.command("steps")
@options.database
@options.as_json
@click.argument("workflow_id")
def steps(url: str | None, schema: str, as_json: bool, workflow_id: str) -> None:
    """List the recorded steps of a workflow."""
    with options.connect(url, schema) as client:
        if client.get_workflow_status(workflow_id) is None:
            raise DBOSNonExistentWorkflowError(workflow_id)
        found = client.list_workflow_steps(workflow_id)
    rows: list[dict[str, Any]] = []
    for step in found:
        error = step["error"]
        outcome = step["output"] if error is None else f"{type(error).__name__}: {error}"
        rows.append({**step, "started": moment(step["started_at_epoch_ms"]), "outcome": outcome})
    show(rows, STEP_COLUMNS, as_json)


for command in (cancel, resume, restart, fork, delete):
    workflow.add_command(command)


@workflow.group("queue")
def workflow_queue() -> None:
    """See the workflows on queues."""


@workflow_queue.command("list")
@options.database
@options.as_json
@options.filters
@click.option("-d/-A", "--sort-desc/--sort-asc", default=False, help="Newest first, or oldest.")
def queued(url: str | None, schema: str, as_json: bool, limit: int, **filters: Any) -> None:
    """List the workflows that wait or run on queues, the first to come first."""
    filters["status"] = list(filters["status"]) or None
    with options.connect(url, schema) as client:
        found = client.list_queued_workflows(limit=limit + 1, **filters)
    show([row(status) for status in options.page(found, limit, as_json)], COLUMNS, as_json)
