"""``DBOSClient``: start, inspect and steer workflows from a process that does not run them.

In: the URL of a system database. Out: the verbs of ``DBOS`` that need no workflow code. Never
executes a workflow, takes part in recovery or imports a registry; enqueued work is done by the
processes that run the application.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from dbos import (
    copying,
    events,
    handle,
    management,
    messages,
    registered,
    renaming,
    streams,
)
from dbos.config import settings
from dbos.error import DBOSException
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import context, drive, runtime
from dbos.kernel.loop import Loop
from dbos.kernel.runtime import Runtime
from dbos.kernel.timers import Timers
from dbos.launch import open_system, watchers
from dbos.messages import SendMessage, bulk
from dbos.named import EnqueueOptions, named_request
from dbos.queue import insert_queued
from dbos.scheduling import stored_schedules
from dbos.services import liveness
from dbos.values.formats import Serializer, WorkflowSerializationFormat

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session


P = ParamSpec("P")
R = TypeVar("R")


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
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return cast("Callable[Concatenate[DBOSClient, P], R]", _value_by_value(function))
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


def _value_by_value(function: Callable[..., Any]) -> Any:
    """Like ``_delegated``, for verbs that yield: between values the caller's own code runs."""

    @functools.wraps(function)
    def each(self: DBOSClient, /, *args: Any, **kwargs: Any) -> Iterator[Any]:
        values = function(*args, **kwargs)
        while True:
            with runtime.using(self._runtime):
                try:
                    value = next(values)
                except StopIteration:
                    return
            yield value

    @functools.wraps(function)
    async def each_awaited(self: DBOSClient, /, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        values = function(*args, **kwargs)
        while True:
            with runtime.using(self._runtime):
                try:
                    value = await anext(values)
                except StopAsyncIteration:
                    return
            yield value

    return each_awaited if inspect.isasyncgenfunction(function) else each


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

    ``serializer`` is that of the application, if it has one.
    Raises ``DBOSInitializationError`` when the database cannot be opened: here, or with ``lazy`` at
    the first call. Of an engine the URL is used, with connections of the client's own; pool sizes
    and ``retry_connection_errors`` are accepted and not needed. Close it with ``destroy``, or use
    it in a ``with`` block.
    """

    def __init__(
        self,
        database_url: str | None = None,
        *,
        system_database_url: str | None = None,
        system_database_engine: Engine | None = None,
        application_database_url: str | None = None,
        dbos_system_schema: str | None = None,
        serializer: Serializer | None = None,
        system_database_pool_size: int | None = None,
        system_database_polling_concurrency: int | None = None,
        use_listen_notify: bool = True,
        application_name: str | None = None,
        lazy: bool = False,
        retry_connection_errors: bool = True,
        run_migrations: bool = False,
    ) -> None:
        url = system_database_url or database_url
        if url is None and system_database_engine is not None:
            url = system_database_engine.url.render_as_string(hide_password=False)
        if not url:
            raise DBOSException("DBOSClient needs system_database_url=")
        self._settings = settings(
            {
                "name": application_name or "dbos-client",
                "system_database_url": url,
                "dbos_system_schema": dbos_system_schema,
                "run_migrations": run_migrations,
                "use_listen_notify": use_listen_notify,
                "serializer": serializer,
            }
        )
        self._opening = threading.Lock()
        self._opened: Runtime | None = None
        self._watchers: list[Any] = []
        if not lazy:
            self._open()

    @property
    def _runtime(self) -> Runtime:
        return self._opened or self._open()

    def _open(self) -> Runtime:
        with self._opening:
            if self._opened is None:
                self._opened = self._connected()
            return self._opened

    def _connected(self) -> Runtime:
        system = open_system(self._settings)
        made = Runtime(
            settings=self._settings,
            system=system,
            process_token=uuid.uuid4().hex[:16],
            executor_id=self._settings.executor_id,
            application_version="",
            registry=None,
            timers=Timers(system.wakes),
            loop=Loop(),
        )
        made.is_client = True
        self._watchers = watchers(system, self._settings)
        for watcher in self._watchers:
            watcher.start()
        return made

    def __enter__(self) -> DBOSClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.destroy()

    def destroy(self) -> None:
        """Close the connections."""
        now = self._opened
        if now is None:
            return
        now.stopping = True
        now.system.wakes.notify_everyone()
        for watcher in self._watchers:
            watcher.stop()
        now.timers.stop()
        now.system.close()

    def schema_version(self) -> int:
        """The version of the tables, 0 when there are none."""
        return self._runtime.system.schema_version()

    def check_connection(self) -> None:
        """Ask the database something; raises when it does not answer."""
        self.list_application_versions()

    async def check_connection_async(self) -> None:
        """Like ``check_connection``, from a coroutine."""
        await self.list_application_versions_async()

    def queue_occupancy(self) -> list[dict[str, Any]]:
        """The queues with unfinished work: how much waits, is delayed and runs."""
        from dbos.system import occupancy

        return self._runtime.system.read(occupancy.read_occupancy())

    def enqueue(self, options: EnqueueOptions, *args: Any, **kwargs: Any) -> WorkflowHandle[Any]:
        """Enqueue a workflow by its registered name. Durable once it returns."""
        with runtime.using(self._runtime):
            asked, policy = named_request(self._runtime, options, args, kwargs)
            workflow_id = drive.run(insert_queued(asked, policy), self._runtime.system)
        return WorkflowHandle(workflow_id, self._runtime)

    async def enqueue_async(
        self, options: EnqueueOptions, *args: Any, **kwargs: Any
    ) -> WorkflowHandleAsync[Any]:
        """Like ``enqueue``, from a coroutine."""
        with runtime.using(self._runtime):
            asked, policy = named_request(self._runtime, options, args, kwargs)
            protocol = insert_queued(asked, policy)
            workflow_id = await drive.run_async(protocol, self._runtime.system)
        return WorkflowHandleAsync(workflow_id, self._runtime)

    def enqueue_in_transaction(
        self,
        conn_or_session: Connection | Session,
        options: EnqueueOptions,
        *args: Any,
        **kwargs: Any,
    ) -> WorkflowHandle[Any]:
        """Enqueue in the caller's own transaction: the work exists when and if that commits.

        Raises ``DBOSException`` for a connection to another database.
        """
        asked, policy = named_request(self._runtime, options, args, kwargs)
        from dbos.transactions import within

        inside = within.transaction(self._runtime, conn_or_session)
        with runtime.using(self._runtime):
            workflow_id = drive.run(insert_queued(asked, policy), inside)
        inside.tell()
        return WorkflowHandle(workflow_id, self._runtime)

    def send_in_transaction(
        self,
        conn_or_session: Connection | Session,
        destination_id: str,
        message: Any,
        topic: str | None = None,
        idempotency_key: str | None = None,
        *,
        serialization_type: WorkflowSerializationFormat = WorkflowSerializationFormat.DEFAULT,
        send_to_forks: bool = False,
    ) -> None:
        """Send a message in the caller's own transaction: it arrives when and if that commits."""
        given = SendMessage(destination_id, message, topic, idempotency_key)
        self.send_bulk_in_transaction(
            conn_or_session,
            [given],
            serialization_type=serialization_type,
            send_to_forks=send_to_forks,
        )

    def send_bulk_in_transaction(
        self,
        conn_or_session: Connection | Session,
        messages: list[SendMessage],
        *,
        serialization_type: WorkflowSerializationFormat = WorkflowSerializationFormat.DEFAULT,
        send_to_forks: bool = False,
    ) -> None:
        """Send several messages in the caller's own transaction: all or none of them."""
        from dbos.transactions import within

        inside = within.transaction(self._runtime, conn_or_session)
        with runtime.using(self._runtime), context.outside():
            sending = bulk(
                messages, serialization_type=serialization_type, send_to_forks=send_to_forks
            )
            drive.run(sending, inside)
        inside.tell()

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
    rename_application = _delegated(renaming.rename_application)
    rename_application_async = _delegated(renaming.rename_application_async)
    send_bulk = _delegated(messages.send_bulk)
    send_bulk_async = _delegated(messages.send_bulk_async)
    update_workflow_attributes = _delegated(management.update_workflow_attributes)
    update_workflow_attributes_async = _delegated(management.update_workflow_attributes_async)
    set_workflow_delay = _delegated(management.set_workflow_delay)
    set_workflow_delay_async = _delegated(management.set_workflow_delay_async)
    get_result = _delegated(management.get_result)
    get_result_async = _delegated(management.get_result_async)
    register_queue = _delegated(registered.register_queue)
    register_queue_async = _delegated(registered.register_queue_async)
    retrieve_queue = _delegated(registered.retrieve_queue)
    retrieve_queue_async = _delegated(registered.retrieve_queue_async)
    delete_queue = _delegated(registered.delete_queue)
    delete_queue_async = _delegated(registered.delete_queue_async)
    list_queues = _delegated(registered.list_queues)
    list_queues_async = _delegated(registered.list_queues_async)
    create_schedule = _delegated(stored_schedules.create_named_schedule)
    create_schedule_async = _delegated(stored_schedules.create_named_schedule_async)
    apply_schedules = _delegated(stored_schedules.apply_schedules)
    apply_schedules_async = _delegated(stored_schedules.apply_schedules_async)
    list_schedules = _delegated(stored_schedules.list_schedules)
    list_schedules_async = _delegated(stored_schedules.list_schedules_async)
    get_schedule = _delegated(stored_schedules.get_schedule)
    get_schedule_async = _delegated(stored_schedules.get_schedule_async)
    delete_schedule = _delegated(stored_schedules.delete_schedule)
    delete_schedule_async = _delegated(stored_schedules.delete_schedule_async)
    pause_schedule = _delegated(stored_schedules.pause_schedule)
    resume_schedule = _delegated(stored_schedules.resume_schedule)
    trigger_schedule = _moving(stored_schedules.trigger_schedule)
    backfill_schedule = _moving(stored_schedules.backfill_schedule)
    list_application_versions = _delegated(copying.list_application_versions)
    list_application_versions_async = _delegated(copying.list_application_versions_async)
    get_latest_application_version = _delegated(copying.get_latest_application_version)
    get_latest_application_version_async = _delegated(copying.get_latest_application_version_async)
    set_latest_application_version = _delegated(copying.set_latest_application_version)
    set_latest_application_version_async = _delegated(copying.set_latest_application_version_async)
    read_stream = _delegated(streams.read_stream)
    read_stream_async = _delegated(streams.read_stream_async)
    read_stream_offset = _delegated(streams.read_stream_offset)
    read_stream_offset_async = _delegated(streams.read_stream_offset_async)
