"""``DBOSClient``: start, inspect and steer workflows from a process that does not run them.

In: the URL of a system database. Out: the verbs of ``DBOS`` that need no workflow code. Never
executes a workflow, takes part in recovery or imports a registry; enqueued work is done by the
processes that run the application.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec, TypedDict, TypeVar

from dbos import copying, events, handle, management, messages, streams
from dbos.config import settings
from dbos.error import DBOSException
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import context, drive, request, runtime
from dbos.kernel.drive import Protocol
from dbos.kernel.loop import Loop
from dbos.kernel.request import QueuePlace, Request
from dbos.kernel.runtime import Runtime
from dbos.kernel.timers import Timers
from dbos.launch import open_system, watchers
from dbos.queue import insert_queued
from dbos.registry import Declared
from dbos.scheduling import stored_schedules
from dbos.services import liveness
from dbos.validity import valid_seconds, valid_text

P = ParamSpec("P")
R = TypeVar("R")


class EnqueueOptions(TypedDict, total=False):
    """What to enqueue. ``workflow_name`` and ``queue_name`` are required.

    Timeouts and delays in seconds; without ``app_version`` whoever comes first takes the work.
    """

    workflow_name: str
    queue_name: str
    workflow_id: str
    app_version: str
    workflow_timeout: float
    delay_seconds: float
    deduplication_id: str
    duplication_policy: str
    priority: int
    queue_partition_key: str
    class_name: str
    instance_name: str
    authenticated_user: str
    authenticated_roles: list[str]
    attributes: dict[str, Any]


def _current(client: DBOSClient) -> Runtime:
    """The client's runtime, speaking for the current version: what is resumed or forked goes there.

    That is the latest that a living process runs, else the latest of all: after a return to an
    earlier build, that build. Without any on record, whichever process comes first takes the work.
    """
    from dbos.system import executors

    now = client._runtime
    found = [one["version_name"] for one in client.list_application_versions()]
    known = now.system.read(executors.read_executors())
    living = liveness.Judge(now.settings.lease_seconds).alive(known)
    served = {one.application_version for one in known if one.process_token in living}
    now.application_version = next(
        (one for one in found if one in served), found[0] if found else ""
    )
    return now


def _delegated(function: Callable[P, R]) -> Callable[Concatenate[DBOSClient, P], R]:
    """A method of the client that calls a verb of ``DBOS`` on the client's own database."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def later(self: DBOSClient, /, *args: P.args, **kwargs: P.kwargs) -> Any:
            with runtime.using(self._runtime):
                return await function(*args, **kwargs)

        return later  # type: ignore[return-value]

    @functools.wraps(function)
    def now(self: DBOSClient, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with runtime.using(self._runtime):
            return function(*args, **kwargs)

    return now


def _moving(function: Callable[P, R]) -> Callable[Concatenate[DBOSClient, P], R]:
    """Like ``_delegated``, for verbs that put workflows on the latest version."""

    @functools.wraps(function)
    def now(self: DBOSClient, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with runtime.using(_current(self)):
            return function(*args, **kwargs)

    @functools.wraps(function)
    async def later(self: DBOSClient, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        current = await asyncio.to_thread(_current, self)
        with runtime.using(current):
            return await function(*args, **kwargs)  # type: ignore[misc]

    return later if inspect.iscoroutinefunction(function) else now  # type: ignore[return-value]


class DBOSClient:
    """A connection to the system database of an application that runs elsewhere.

    Raises ``DBOSInitializationError`` when the database cannot be opened. Close it with
    ``destroy``, or use it in a ``with`` block.
    """

    def __init__(
        self,
        database_url: str | None = None,
        *,
        system_database_url: str | None = None,
        dbos_system_schema: str | None = None,
        application_name: str | None = None,
        use_listen_notify: bool = True,
        run_migrations: bool = False,
    ) -> None:
        url = system_database_url or database_url
        if not url:
            raise DBOSException("DBOSClient needs system_database_url=")
        chosen = settings(
            {
                "name": application_name or "dbos-client",
                "system_database_url": url,
                "dbos_system_schema": dbos_system_schema,
                "run_migrations": run_migrations,
                "use_listen_notify": use_listen_notify,
            }
        )
        system = open_system(chosen)
        self._runtime = Runtime(
            settings=chosen,
            system=system,
            process_token=uuid.uuid4().hex[:16],
            executor_id=chosen.executor_id,
            application_version="",
            registry=None,
            timers=Timers(system.wakes),
            loop=Loop(),
        )
        self._watchers = watchers(system, chosen)
        for watcher in self._watchers:
            watcher.start()

    def __enter__(self) -> DBOSClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.destroy()

    def destroy(self) -> None:
        """Close the connections."""
        self._runtime.stopping = True
        self._runtime.system.wakes.notify_everyone()
        for watcher in self._watchers:
            watcher.stop()
        self._runtime.timers.stop()
        self._runtime.system.close()

    def schema_version(self) -> int:
        """The version of the tables, 0 when there are none."""
        return self._runtime.system.schema_version()

    def check_connection(self) -> None:
        """Ask the database something; raises when it does not answer."""
        self.list_application_versions()

    def list_queues(self) -> list[dict[str, Any]]:
        """The queues with unfinished work: how much waits, is delayed and runs."""
        from dbos.system import occupancy

        return self._runtime.system.read(occupancy.read_occupancy())

    def enqueue(self, options: EnqueueOptions, *args: Any, **kwargs: Any) -> WorkflowHandle[Any]:
        """Enqueue a workflow by its registered name. Durable once it returns."""
        with runtime.using(self._runtime):
            asked, policy = self._request(options, args, kwargs)
            workflow_id = drive.run(insert_queued(asked, policy), self._runtime.system)
        return WorkflowHandle(workflow_id, self._runtime)

    async def enqueue_async(
        self, options: EnqueueOptions, *args: Any, **kwargs: Any
    ) -> WorkflowHandleAsync[Any]:
        """Like ``enqueue``, from a coroutine."""
        with runtime.using(self._runtime):
            asked, policy = self._request(options, args, kwargs)
            protocol = insert_queued(asked, policy)
            workflow_id = await drive.run_async(protocol, self._runtime.system)
        return WorkflowHandleAsync(workflow_id, self._runtime)

    def _request(
        self, options: EnqueueOptions, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Request, str | None]:
        return named_request(self._runtime, options, args, kwargs)

    send = _delegated(messages.send)
    send_async = _delegated(messages.send_async)
    get_event = _delegated(events.get_event)
    get_event_async = _delegated(events.get_event_async)
    get_all_events = _delegated(events.get_all_events)
    get_all_events_async = _delegated(events.get_all_events_async)
    get_workflow_status = _delegated(management.get_workflow_status)
    get_workflow_status_async = _delegated(management.get_workflow_status_async)
    retrieve_workflow = _delegated(management.retrieve_workflow)
    retrieve_workflow_async = _delegated(management.retrieve_workflow_async)
    list_workflows = _delegated(management.list_workflows)
    list_workflows_async = _delegated(management.list_workflows_async)
    list_queued_workflows = _delegated(management.list_queued_workflows)
    list_queued_workflows_async = _delegated(management.list_queued_workflows_async)
    list_workflow_steps = _delegated(management.list_workflow_steps)
    list_workflow_steps_async = _delegated(management.list_workflow_steps_async)
    cancel_workflow = _delegated(management.cancel_workflow)
    cancel_workflow_async = _delegated(management.cancel_workflow_async)
    cancel_workflows = _delegated(management.cancel_workflows)
    cancel_workflows_async = _delegated(management.cancel_workflows_async)
    resume_workflow = _moving(management.resume_workflow)
    resume_workflow_async = _moving(management.resume_workflow_async)
    resume_workflows = _moving(management.resume_workflows)
    resume_workflows_async = _moving(management.resume_workflows_async)
    fork_workflow = _moving(copying.fork_workflow)
    fork_workflow_async = _moving(copying.fork_workflow_async)
    restart_workflow = _moving(copying.restart_workflow)
    delete_workflow = _delegated(copying.delete_workflow)
    delete_workflow_async = _delegated(copying.delete_workflow_async)
    delete_workflows = _delegated(copying.delete_workflows)
    delete_workflows_async = _delegated(copying.delete_workflows_async)
    wait_first = _delegated(handle.wait_first)
    wait_first_async = _delegated(handle.wait_first_async)
    send_bulk = _delegated(messages.send_bulk)
    send_bulk_async = _delegated(messages.send_bulk_async)
    update_workflow_attributes = _delegated(management.update_workflow_attributes)
    update_workflow_attributes_async = _delegated(management.update_workflow_attributes_async)
    set_workflow_delay = _delegated(management.set_workflow_delay)
    set_workflow_delay_async = _delegated(management.set_workflow_delay_async)
    get_result = _delegated(management.get_result)
    get_result_async = _delegated(management.get_result_async)
    create_schedule = _delegated(stored_schedules.create_named_schedule)
    apply_schedules = _delegated(stored_schedules.apply_schedules)
    list_schedules = _delegated(stored_schedules.list_schedules)
    get_schedule = _delegated(stored_schedules.get_schedule)
    delete_schedule = _delegated(stored_schedules.delete_schedule)
    pause_schedule = _delegated(stored_schedules.pause_schedule)
    resume_schedule = _delegated(stored_schedules.resume_schedule)
    trigger_schedule = _moving(stored_schedules.trigger_schedule)
    backfill_schedule = _moving(stored_schedules.backfill_schedule)
    list_application_versions = _delegated(copying.list_application_versions)
    get_latest_application_version = _delegated(copying.get_latest_application_version)
    set_latest_application_version = _delegated(copying.set_latest_application_version)

    def read_stream(
        self,
        workflow_id: str,
        key: str,
        *,
        offset: int = 0,
        timeout_seconds: float | None = None,
    ) -> Any:
        """The values of a stream, until it is closed or its workflow has ended."""
        values = streams.read_stream(
            workflow_id, key, offset=offset, timeout_seconds=timeout_seconds
        )
        while True:
            with runtime.using(self._runtime):
                try:
                    value = next(values)
                except StopIteration:
                    return
            yield value


def named_request(
    now: Runtime, options: EnqueueOptions, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Request, str | None]:
    """The row to insert, from options instead of a function and the surrounding presets."""
    name = valid_text(options.get("workflow_name"), "workflow_name")
    queue_name = valid_text(options.get("queue_name"), "queue_name")
    declared = Declared(name=name, function=_elsewhere, is_async=False, member=None)
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
