"""``dbos workflow …``: list, inspect, cancel, resume, restart, fork and export workflows.

In: ids and filters. Out: tables or JSON. Never runs a workflow: what is resumed, restarted or
forked is taken up by the processes of the application.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from dbos.cli import options
from dbos.cli.export import export
from dbos.cli.in_flight import in_flight
from dbos.cli.output import moment, say, show, show_one
from dbos.error import DBOSNonExistentWorkflowError
from dbos.status import WorkflowStatus, WorkflowStatusString

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


@click.group()
def workflow() -> None:
    """See and steer workflows."""


workflow.add_command(export)


@workflow.command("list")
@options.database
@options.as_json
@click.option("-l", "--limit", default=10, show_default=True, help="How many.")
@click.option("-o", "--offset", default=0, help="How many to pass over.")
@click.option(
    *("-S", "--status"),
    type=click.Choice([status.value for status in WorkflowStatusString]),
    help="Only in this state.",
)
@click.option("-n", "--name", help="Only workflows of this name.")
@click.option("-q", "--queue", "queue_name", help="Only on this queue.")
@click.option("-u", "--user", help="Only of this user.")
@click.option("-v", "--application-version", "app_version", help="Only of this version.")
@click.option("-t", "--start-time", help="Only created after this time (ISO 8601).")
@click.option("-e", "--end-time", help="Only created before this time (ISO 8601).")
@click.option("--sort-desc/--sort-asc", default=True, help="Newest first (the default) or last.")
def list_workflows(url: str | None, schema: str, as_json: bool, **filters: Any) -> None:
    """List workflows, newest first."""
    with options.connect(url, schema) as client:
        found = client.list_workflows(**filters)
    show([_row(status) for status in found], COLUMNS, as_json)


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
        show_one(_row(status))
        return
    fields = [{"field": name, "value": value} for name, value in _row(status).items()]
    known = [field for field in fields if field["value"] is not None]
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


@workflow.command("cancel")
@options.database
@click.argument("workflow_id")
@click.option("--children", is_flag=True, help="Its children, too.")
def cancel(url: str | None, schema: str, workflow_id: str, children: bool) -> None:
    """Cancel a workflow: it stops at its next step, or leaves its queue."""
    with options.connect(url, schema) as client:
        if client.get_workflow_status(workflow_id) is None:
            raise DBOSNonExistentWorkflowError(workflow_id)
        client.cancel_workflow(workflow_id, cancel_children=children)
    say(f"cancelled {workflow_id}")


@workflow.command("resume")
@options.database
@click.argument("workflow_ids", metavar="WORKFLOW_ID...", nargs=-1, required=True)
@click.option("-q", "--queue", "queue_name", help="Enqueue it there.")
def resume(
    url: str | None, schema: str, workflow_ids: tuple[str, ...], queue_name: str | None
) -> None:
    """Let workflows go on from their last completed step, on the current version."""
    with options.connect(url, schema) as client:
        for workflow_id in workflow_ids:
            client.resume_workflow(workflow_id, queue_name=queue_name)
            say(f"resumed {workflow_id}")


@workflow.command("restart")
@options.database
@click.argument("workflow_id")
def restart(url: str | None, schema: str, workflow_id: str) -> None:
    """Run a workflow again from its beginning, with the same inputs; prints the new id."""
    with options.connect(url, schema) as client:
        handle = client.restart_workflow(workflow_id)
    say(handle.workflow_id)


@workflow.command("fork")
@options.database
@click.argument("workflow_id")
@click.option("-S", "--step", default=1, show_default=True, help="The first step to run again.")
@click.option("-v", "--application-version", help="Run it on this version.")
@click.option("-q", "--queue", "queue_name", help="Enqueue it there.")
def fork(
    url: str | None,
    schema: str,
    workflow_id: str,
    step: int,
    application_version: str | None,
    queue_name: str | None,
) -> None:
    """Run a copy of a workflow that keeps the steps before ``--step``; prints its id."""
    with options.connect(url, schema) as client:
        handle = client.fork_workflow(
            workflow_id, step, application_version=application_version, queue_name=queue_name
        )
    say(handle.workflow_id)


@workflow.group("queue")
def workflow_queue() -> None:
    """Workflows on queues."""


@workflow_queue.command("list")
@options.database
@options.as_json
@click.option("-l", "--limit", default=10, show_default=True, help="How many.")
@click.option("-q", "--queue", "queue_name", help="Only on this queue.")
def queued(url: str | None, schema: str, as_json: bool, limit: int, queue_name: str | None) -> None:
    """List the workflows that wait or run on queues."""
    with options.connect(url, schema) as client:
        found = client.list_queued_workflows(limit=limit, queue_name=queue_name)
    show([_row(status) for status in found], COLUMNS, as_json)


def _row(status: WorkflowStatus) -> dict[str, Any]:
    return {**asdict(status), "created": moment(status.created_at)}
