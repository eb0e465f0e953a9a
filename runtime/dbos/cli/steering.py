"""``dbos workflow cancel``, ``resume``, ``restart``, ``fork`` and ``delete``.

In: ids. Out: one line each that says what is true now, or JSON. Never runs a workflow: what is
resumed, restarted or forked is taken up by the processes of the application.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

import click

from dbos.cli import options
from dbos.cli.output import moment, plain, say, show_one, show_rows
from dbos.client import DBOSClient
from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.kernel.context import SetWorkflowID
from dbos.status import WorkflowStatus

several = click.argument("workflow_ids", metavar="WORKFLOW_ID...", nargs=-1, required=True)


def row(status: WorkflowStatus) -> dict[str, Any]:
    """A workflow as the fields of a table or of JSON."""
    return {**asdict(status), "created": moment(status.created_at)}


@click.command("cancel")
@options.database
@options.as_json
@several
@click.option("--children", is_flag=True, help="Their children, too.")
def cancel(
    url: str | None, schema: str, as_json: bool, workflow_ids: tuple[str, ...], children: bool
) -> None:
    """Cancel workflows: they stop at their next step, or leave their queue."""
    with options.connect(url, schema) as client:
        _require(client, workflow_ids)
        client.cancel_workflows(workflow_ids, cancel_children=children)
        found = _statuses(client, workflow_ids)
    if as_json:
        show_rows([row(one) for one in found])
        return
    for one in found:
        cancelled = one.status == "CANCELLED"
        say(f"cancelled {one.workflow_id}" if cancelled else f"{_ended(one)}: not cancelled")


@click.command("resume")
@options.database
@options.as_json
@several
@click.option("-q", "--queue", "queue_name", help="Enqueue them there.")
def resume(
    url: str | None,
    schema: str,
    as_json: bool,
    workflow_ids: tuple[str, ...],
    queue_name: str | None,
) -> None:
    """Let workflows go on from their last completed step, on the current version."""
    with options.connect(url, schema) as client:
        # Judged before: what is resumed may have ended by the time one looks again.
        for one in _require(client, workflow_ids):
            client.resume_workflow(one.workflow_id, queue_name=queue_name)
            if as_json:
                continue
            if one.status in ("SUCCESS", "ERROR"):
                say(f"{_ended(one)}: not resumed; `dbos workflow restart` runs it again")
            else:
                say(f"resumed {one.workflow_id}")
        if as_json:
            show_rows([row(one) for one in _statuses(client, workflow_ids)])


@click.command("restart")
@options.database
@options.as_json
@click.argument("workflow_id")
def restart(url: str | None, schema: str, as_json: bool, workflow_id: str) -> None:
    """Run a workflow again from its beginning, with the same inputs; prints the new id."""
    with options.connect(url, schema) as client:
        _tell_new(client, client.restart_workflow(workflow_id).workflow_id, as_json)


@click.command("fork")
@options.database
@options.as_json
@click.argument("workflow_id")
@click.option(
    *("-S", "--step"),
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The first step to run again.",
)
@click.option("-f", "--forked-workflow-id", help="The id of the copy; by default a new one.")
@click.option("-v", "--application-version", help="Run it on this version.")
@click.option("-q", "--queue", "queue_name", help="Enqueue it there.")
def fork(
    url: str | None,
    schema: str,
    as_json: bool,
    workflow_id: str,
    step: int,
    forked_workflow_id: str | None,
    application_version: str | None,
    queue_name: str | None,
) -> None:
    """Run a copy of a workflow that keeps the steps before --step; prints its id."""
    with options.connect(url, schema) as client:
        if forked_workflow_id is not None:
            _refuse_taken(client, forked_workflow_id)
        with SetWorkflowID(forked_workflow_id) if forked_workflow_id else nullcontext():
            handle = client.fork_workflow(
                workflow_id, step, application_version=application_version, queue_name=queue_name
            )
        _tell_new(client, handle.workflow_id, as_json)


@click.command("delete")
@options.database
@several
@click.option("--children", is_flag=True, help="Their children, too.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def delete(
    url: str | None, schema: str, workflow_ids: tuple[str, ...], children: bool, yes: bool
) -> None:
    """Delete workflows with everything that is recorded of them."""
    with options.connect(url, schema) as client:
        _require(client, workflow_ids)
        if not yes:
            names = ", ".join(workflow_ids)
            click.confirm(plain(f"Delete {names} and all that is recorded of it?"), abort=True)
        client.delete_workflows(workflow_ids, delete_children=children)
    for workflow_id in workflow_ids:
        say(f"deleted {workflow_id}")


def _refuse_taken(client: DBOSClient, workflow_id: str) -> None:
    if client.get_workflow_status(workflow_id) is not None:
        raise DBOSException(f"There is a workflow with the id {workflow_id!r} already")


def _require(client: DBOSClient, workflow_ids: Iterable[str]) -> list[WorkflowStatus]:
    """The workflows; raises ``DBOSNonExistentWorkflowError`` before anything is done to one."""
    found: list[WorkflowStatus] = []
    for workflow_id in workflow_ids:
        status = client.get_workflow_status(workflow_id)
        if status is None:
            raise DBOSNonExistentWorkflowError(workflow_id)
        found.append(status)
    return found


def _statuses(client: DBOSClient, workflow_ids: Iterable[str]) -> list[WorkflowStatus]:
    found = (client.get_workflow_status(workflow_id) for workflow_id in workflow_ids)
    return [one for one in found if one is not None]


def _ended(one: WorkflowStatus) -> str:
    return f"{one.workflow_id} has ended already ({one.status})"


def _tell_new(client: DBOSClient, workflow_id: str, as_json: bool) -> None:
    found = _statuses(client, [workflow_id])
    if as_json and found:
        show_one(row(found[0]))
    else:
        say(workflow_id)
