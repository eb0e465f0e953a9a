"""Workflows enqueued by the name they are registered under, by whoever does not have their code.

In: ``EnqueueOptions`` and arguments. Out: the row to insert. Never looks the workflow up: that it
exists is found out by the process that takes the work.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypedDict

from dbos.error import DBOSException
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import context, drive, request, runtime
from dbos.kernel.context import DuplicationPolicy
from dbos.kernel.drive import Protocol
from dbos.kernel.request import QueuePlace, Request
from dbos.kernel.runtime import Runtime
from dbos.queue import insert_queued
from dbos.registry import Declared
from dbos.validity import valid_seconds, valid_text
from dbos.values.formats import WorkflowSerializationFormat


class EnqueueOptions(TypedDict, total=False):
    """What to enqueue. ``workflow_name`` and ``queue_name`` are required.

    Timeouts and delays in seconds; without ``app_version`` whoever comes first takes the work.
    ``max_recovery_attempts`` is accepted: the workflow's own declaration says it. So is
    ``otel_context``: a workflow from a queue begins a trace of its own.
    """

    workflow_name: str
    queue_name: str
    workflow_id: str
    app_version: str
    application_name: str
    workflow_timeout: float
    delay_seconds: float
    deduplication_id: str
    duplication_policy: DuplicationPolicy
    priority: int
    queue_partition_key: str
    class_name: str
    instance_name: str
    authenticated_user: str
    authenticated_roles: list[str]
    attributes: dict[str, Any]
    max_recovery_attempts: int
    serialization_type: WorkflowSerializationFormat
    otel_context: Any


def named_request(
    now: Runtime, options: EnqueueOptions, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Request, str | None]:
    """The row to insert, from options instead of a function and the surrounding presets.

    Raises ``DBOSException`` for an option that does not exist.
    """
    unknown = options.keys() - EnqueueOptions.__annotations__.keys()
    if unknown:
        known = ", ".join(EnqueueOptions.__annotations__)
        raise DBOSException(f"There is no option {min(unknown)!r} of enqueueing; there are {known}")
    name = valid_text(options.get("workflow_name"), "workflow_name")
    queue_name = valid_text(options.get("queue_name"), "queue_name")
    declared = Declared(
        name=name,
        function=_elsewhere,
        is_async=False,
        member=None,
        serialization_type=options.get("serialization_type"),
    )
    timeout = options.get("workflow_timeout")
    user, roles = options.get("authenticated_user"), options.get("authenticated_roles")
    with (
        context.SetEnqueueOptions(
            deduplication_id=options.get("deduplication_id"),
            priority=options.get("priority"),
            queue_partition_key=options.get("queue_partition_key"),
            delay_seconds=options.get("delay_seconds"),
        ),
        context.DBOSContextSetAuth(user, roles),
        context.SetWorkflowAttributes(options.get("attributes") or {}),
        context.SetWorkflowTimeout(
            None if timeout is None else valid_seconds(timeout, "workflow_timeout")
        ),
    ):
        asked = request.make(
            now,
            declared,
            args,
            kwargs,
            frame=None,
            default_id=options.get("workflow_id"),
            place=QueuePlace(queue_name=queue_name),
        )
    row = replace(
        asked.row,
        class_name=options.get("class_name"),
        config_name=options.get("instance_name"),
        application_version=options.get("app_version"),
        application_name=options.get("application_name") or asked.row.application_name,
        workflow_version=None,
    )
    return replace(asked, row=row), options.get("duplication_policy")


def _enqueued(
    now: Runtime, options: EnqueueOptions, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Protocol[str]:
    asked, policy = named_request(now, options, args, kwargs)
    row = asked.row
    if row.application_version is None:
        row = replace(row, application_version=now.application_version)
    return insert_queued(replace(asked, row=row), policy)


def enqueue_with_options(options: EnqueueOptions, *args: Any, **kwargs: Any) -> WorkflowHandle[Any]:
    """Enqueue a workflow by its registered name, from a process that runs the application."""
    now = runtime.active()
    return WorkflowHandle(drive.run(_enqueued(now, options, args, kwargs), now.system), now)


async def enqueue_with_options_async(
    options: EnqueueOptions, *args: Any, **kwargs: Any
) -> WorkflowHandleAsync[Any]:
    """Like ``enqueue_workflow_with_options``, from a coroutine."""
    now = runtime.active()
    protocol = _enqueued(now, options, args, kwargs)
    return WorkflowHandleAsync(await drive.run_async(protocol, now.system), now)


def _elsewhere(*_: Any, **__: Any) -> Any:
    raise DBOSException("A client does not run workflows")
