"""``DBOS``: construct, launch, destroy; and the table that binds each public verb to its function.

In: a configuration and, from a build, a registry. Out: the running application. Never implements a
verb: each lives in the module of its concept.
"""

from __future__ import annotations

import logging
import types
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, ParamSpec, TypeVar

from dbos import (
    classes,
    config,
    copying,
    distribution,
    events,
    log,
    management,
    messages,
    migrating,
    named,
    queue,
    registered,
    streams,
    waiting,
    web,
)
from dbos import handle as handles
from dbos import patch as patches
from dbos import sleep as sleeping
from dbos import step as steps
from dbos import workflow as workflows
from dbos.error import DBOSException
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import alerts, context, runtime, tracing
from dbos.launch import Application, application_version, open_system, registry_of
from dbos.registry import Registry, live
from dbos.scheduling import schedule, stored_schedules
from dbos.transactions import transaction as transactions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class classproperty(Generic[T]):
    """A read-only property of the class itself and of its instance."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self.__doc__ = read.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> T:
        return self._read()


class DBOS:
    """The durable execution of one application; a second call returns the first one."""

    _instance: ClassVar[DBOS | None] = None

    _settings: config.Settings
    _registry: Registry | None
    _application: Application | None
    _listened: frozenset[str] | None

    def __new__(
        cls,
        *,
        config: Mapping[str, Any] | config.DBOSConfig | None = None,
        registry: Registry | types.ModuleType | None = None,
        fastapi: Any = None,
        flask: Any = None,
        conductor_url: str | None = None,
        conductor_key: str | None = None,
    ) -> DBOS:
        if DBOS._instance is None:
            DBOS._instance = cls._make(config, registry)
            if fastapi is not None:
                web.attach_fastapi(fastapi, cls.launch, cls.destroy)
            if flask is not None:
                web.attach_flask(flask)
        return DBOS._instance

    @classmethod
    def _make(cls, given: Any, registry: Registry | types.ModuleType | None) -> DBOS:
        distribution.check()
        if given is None:
            raise DBOSException("DBOS needs a configuration: DBOS(config={'name': 'my-app'})")
        made = super().__new__(cls)
        made._settings = config.settings(given)
        log.configure(made._settings.log_level)
        made._registry = registry_of(registry)
        made._application = None
        made._listened = None
        return made

    # ------------------------------------------------------------------ life

    @classmethod
    def _existing(cls) -> DBOS:
        if cls._instance is None:
            raise DBOSException("There is no DBOS yet: call DBOS(config=…) first")
        return cls._instance

    @classmethod
    def exists(cls) -> bool:
        """Whether a DBOS was made and not destroyed."""
        return cls._instance is not None

    @classmethod
    def running(cls) -> Application:
        """The launched application. Raises ``DBOSException`` before ``launch``."""
        application = cls._existing()._application
        if application is None:
            raise DBOSException("DBOS is not launched: call DBOS.launch() first")
        return application

    @classmethod
    def launch(cls) -> None:
        """Open the database, recover what a former process left, and start working on queues.

        Raises ``DBOSInitializationError`` when the configuration, the registry or the database does
        not allow it. A second call does nothing.
        """
        self = cls._existing()
        if self._application is None or self._application.runtime.inherited:
            application = Application(self._settings, self._registry, self._listened)
            application.start()
            self._application = application

    @classmethod
    def destroy(
        cls, *, destroy_registry: bool = False, workflow_completion_timeout_sec: float = 0
    ) -> None:
        """Stop everything; running workflows stay pending and are recovered by the next launch.

        ``destroy_registry`` also forgets what decorators have declared.
        """
        self, cls._instance = cls._instance, None
        if self is not None and self._application is not None:
            self._application.drain(workflow_completion_timeout_sec)
            self._application.stop()
            self._application = None
        if destroy_registry:
            live.clear()

    @classmethod
    def abandon(cls) -> None:
        """Drop the runtime without a word to the database, as a killed process would; for tests."""
        self, cls._instance = cls._instance, None
        if self is not None and self._application is not None:
            self._application.stop(sign_off=False)
            self._application = None

    @classmethod
    def reset_system_database(
        cls,
        *,
        system_database_url: str | None = None,
        schema: str | None = None,
        truncate: bool = False,
    ) -> None:
        """Drop all tables of the system database and create them anew; only before ``launch``.

        ``truncate`` keeps the tables and deletes their rows, which needs no right to create any.
        The URL and the schema are those of the configuration unless given. Raises
        ``DBOSException`` once DBOS is launched.
        """
        if cls._instance is not None and cls._instance._application is not None:
            raise DBOSException("Reset the system database before DBOS.launch(), not after it")
        chosen = (
            cls._existing()._settings
            if system_database_url is None
            else config.settings({"name": "reset", "system_database_url": system_database_url})
        )
        if schema is not None:
            chosen = replace(chosen, schema=config.valid_schema(schema))
        system = open_system(chosen)
        try:
            system.reset(keep_tables=truncate)
        finally:
            system.close()

    migrate = staticmethod(migrating.migrate)

    @classmethod
    def listen_queues(cls, queues: Sequence[queue.Queue | str]) -> None:
        """Work only on these queues in this process; call it before ``launch``."""
        self = cls._existing()
        if self._application is not None:
            raise DBOSException("Call DBOS.listen_queues() before DBOS.launch()")
        self._listened = frozenset(one if isinstance(one, str) else one.name for one in queues)

    # ------------------------------------------------------------------ declaring

    workflow = staticmethod(workflows.workflow)
    step = staticmethod(steps.step)
    transaction = staticmethod(transactions.transaction)
    scheduled = staticmethod(schedule.scheduled)
    alert_handler = staticmethod(alerts.alert_handler)
    dbos_class = staticmethod(classes.dbos_class)
    required_roles = staticmethod(classes.required_roles)
    default_required_roles = staticmethod(classes.default_required_roles)
    register_instance = staticmethod(classes.register_instance)

    @staticmethod
    def kafka_consumer(
        config: dict[str, Any],
        topics: Sequence[str],
        in_order: bool = False,
        *,
        ordering: Literal["none", "partition", "topic"] | None = None,
        batch_size: int = 250,
        queue_name: str | None = None,
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Run a workflow for each message of Kafka topics; see ``dbos.kafka.kafka_consumer``."""
        from dbos import kafka  # only programs that read from Kafka pay for it

        return kafka.kafka_consumer(
            config,
            topics,
            in_order,
            ordering=ordering,
            batch_size=batch_size,
            queue_name=queue_name,
        )

    # ------------------------------------------------------------------ running

    # Written out, because a generic function loses its parameters behind ``staticmethod(…)``.

    @staticmethod
    def start_workflow(
        func: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> WorkflowHandle[R]:
        """Start a workflow in the background; once this returns, it runs to completion."""
        return workflows.start_workflow(func, *args, **kwargs)

    @staticmethod
    def start_workflow_async(
        func: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
        """Start a coroutine workflow as a task of the running event loop."""
        return workflows.start_workflow_async(func, *args, **kwargs)

    @staticmethod
    def enqueue_workflow(
        queue_name: str, func: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> WorkflowHandle[R]:
        """Enqueue a workflow on a queue given by name."""
        return queue.enqueue_workflow(queue_name, func, *args, **kwargs)

    @staticmethod
    async def run_step_async(
        dbos_step_options: steps.StepOptions | None,
        func: Callable[P, Coroutine[Any, Any, R]] | Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Like ``run_step``, from a coroutine."""
        return await steps.run_step_async(dbos_step_options, func, *args, **kwargs)

    @staticmethod
    def run_step(
        dbos_step_options: steps.StepOptions | None,
        func: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run any function as a step, with the options of the decorator."""
        return steps.run_step(dbos_step_options, func, *args, **kwargs)

    @staticmethod
    def enqueue_workflow_async(
        queue_name: str,
        func: Callable[P, Coroutine[Any, Any, R]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
        """Like ``enqueue_workflow``, from a coroutine."""
        return queue.enqueue_workflow_async(queue_name, func, *args, **kwargs)

    enqueue_workflow_with_options = staticmethod(named.enqueue_with_options)
    enqueue_workflow_with_options_async = staticmethod(named.enqueue_with_options_async)
    asyncio_wait = staticmethod(waiting.asyncio_wait)
    register_queue = staticmethod(registered.register_queue)
    register_queue_async = staticmethod(registered.register_queue_async)
    list_queues = staticmethod(registered.list_queues)
    list_queues_async = staticmethod(registered.list_queues_async)
    retrieve_queue = staticmethod(registered.retrieve_queue)
    retrieve_queue_async = staticmethod(registered.retrieve_queue_async)
    delete_queue = staticmethod(registered.delete_queue)
    delete_queue_async = staticmethod(registered.delete_queue_async)
    set_authentication = staticmethod(context.set_authentication)
    sleep = staticmethod(sleeping.sleep)
    sleep_async = staticmethod(sleeping.sleep_async)
    send = staticmethod(messages.send)
    send_async = staticmethod(messages.send_async)
    send_bulk = staticmethod(messages.send_bulk)
    send_bulk_async = staticmethod(messages.send_bulk_async)
    recv = staticmethod(messages.recv)
    recv_async = staticmethod(messages.recv_async)
    set_event = staticmethod(events.set_event)
    set_event_async = staticmethod(events.set_event_async)
    get_event = staticmethod(events.get_event)
    get_event_async = staticmethod(events.get_event_async)
    get_all_events = staticmethod(events.get_all_events)
    get_all_events_async = staticmethod(events.get_all_events_async)
    write_stream = staticmethod(streams.write_stream)
    write_stream_async = staticmethod(streams.write_stream_async)
    close_stream = staticmethod(streams.close_stream)
    close_stream_async = staticmethod(streams.close_stream_async)
    read_stream = staticmethod(streams.read_stream)
    read_stream_async = staticmethod(streams.read_stream_async)
    read_stream_offset = staticmethod(streams.read_stream_offset)
    read_stream_offset_async = staticmethod(streams.read_stream_offset_async)
    create_schedule = staticmethod(stored_schedules.create_schedule)
    create_schedule_async = staticmethod(stored_schedules.create_schedule_async)
    apply_schedules = staticmethod(stored_schedules.apply_schedules)
    apply_schedules_async = staticmethod(stored_schedules.apply_schedules_async)
    list_schedules = staticmethod(stored_schedules.list_schedules)
    list_schedules_async = staticmethod(stored_schedules.list_schedules_async)
    get_schedule = staticmethod(stored_schedules.get_schedule)
    get_schedule_async = staticmethod(stored_schedules.get_schedule_async)
    delete_schedule = staticmethod(stored_schedules.delete_schedule)
    delete_schedule_async = staticmethod(stored_schedules.delete_schedule_async)
    pause_schedule = staticmethod(stored_schedules.pause_schedule)
    resume_schedule = staticmethod(stored_schedules.resume_schedule)
    trigger_schedule = staticmethod(stored_schedules.trigger_schedule)
    backfill_schedule = staticmethod(stored_schedules.backfill_schedule)
    patch = staticmethod(patches.patch)
    patch_async = staticmethod(patches.patch_async)
    deprecate_patch = staticmethod(patches.deprecate_patch)
    deprecate_patch_async = staticmethod(patches.deprecate_patch_async)

    # ------------------------------------------------------------------ managing

    retrieve_workflow = staticmethod(management.retrieve_workflow)
    retrieve_workflow_async = staticmethod(management.retrieve_workflow_async)
    get_workflow_status = staticmethod(management.get_workflow_status)
    get_workflow_status_async = staticmethod(management.get_workflow_status_async)
    get_result = staticmethod(management.get_result)
    get_result_async = staticmethod(management.get_result_async)
    list_workflows = staticmethod(management.list_workflows)
    list_workflows_async = staticmethod(management.list_workflows_async)
    list_queued_workflows = staticmethod(management.list_queued_workflows)
    list_queued_workflows_async = staticmethod(management.list_queued_workflows_async)
    list_workflow_steps = staticmethod(management.list_workflow_steps)
    list_workflow_steps_async = staticmethod(management.list_workflow_steps_async)
    cancel_workflow = staticmethod(management.cancel_workflow)
    cancel_workflow_async = staticmethod(management.cancel_workflow_async)
    cancel_workflows = staticmethod(management.cancel_workflows)
    cancel_workflows_async = staticmethod(management.cancel_workflows_async)
    resume_workflow = staticmethod(management.resume_workflow)
    resume_workflow_async = staticmethod(management.resume_workflow_async)
    update_workflow_attributes = staticmethod(management.update_workflow_attributes)
    update_workflow_attributes_async = staticmethod(management.update_workflow_attributes_async)
    set_workflow_delay = staticmethod(management.set_workflow_delay)
    set_workflow_delay_async = staticmethod(management.set_workflow_delay_async)
    resume_workflows = staticmethod(management.resume_workflows)
    resume_workflows_async = staticmethod(management.resume_workflows_async)
    fork_workflow = staticmethod(copying.fork_workflow)
    fork_workflow_async = staticmethod(copying.fork_workflow_async)
    restart_workflow = staticmethod(copying.restart_workflow)
    delete_workflow = staticmethod(copying.delete_workflow)
    delete_workflow_async = staticmethod(copying.delete_workflow_async)
    delete_workflows = staticmethod(copying.delete_workflows)
    delete_workflows_async = staticmethod(copying.delete_workflows_async)
    wait_first = staticmethod(handles.wait_first)
    wait_first_async = staticmethod(handles.wait_first_async)
    list_application_versions = staticmethod(copying.list_application_versions)
    list_application_versions_async = staticmethod(copying.list_application_versions_async)
    get_latest_application_version = staticmethod(copying.get_latest_application_version)
    get_latest_application_version_async = staticmethod(
        copying.get_latest_application_version_async
    )
    set_latest_application_version = staticmethod(copying.set_latest_application_version)
    set_latest_application_version_async = staticmethod(
        copying.set_latest_application_version_async
    )

    # ------------------------------------------------------------------ where am I

    logger: ClassVar[logging.Logger] = log.logger

    @classproperty
    def workflow_id() -> str | None:
        """The id of the workflow that runs the calling code, or None."""
        frame = context.frame.get()
        return None if frame is None else frame.execution.workflow_id

    @classproperty
    def sql_session() -> Session:
        """The SQLAlchemy session of the running transaction."""
        return transactions.current_session()

    @classproperty
    def span() -> Any:
        """The OpenTelemetry span of the calling code; with tracing off, one that does nothing."""
        frame = context.frame.get()
        own = None
        if frame is not None:
            own = frame.execution.span if frame.step is None else frame.step.span
        return tracing.running() if own is None else own

    @classproperty
    def tracer() -> Any:
        """The OpenTelemetry tracer of the runtime; with tracing off, one that does nothing."""
        return tracing.tracer()

    @classproperty
    def step_id() -> int | None:
        """The number of the step that runs the calling code, or None."""
        frame = context.frame.get()
        return None if frame is None or frame.step is None else frame.step.step_id

    @classproperty
    def step_status() -> context.StepStatus | None:
        """The running step and its attempt, or None."""
        frame = context.frame.get()
        return None if frame is None else frame.step

    @classproperty
    def authenticated_user() -> str | None:
        """The user on whose behalf the workflow runs."""
        return context.presets.get().user

    @classproperty
    def authenticated_roles() -> list[str] | None:
        """The roles of that user; None without any."""
        return list(context.presets.get().roles) or None

    @classproperty
    def assumed_role() -> str | None:
        """The role that let the user run the workflow."""
        return context.presets.get().assumed_role

    @classproperty
    def application_version() -> str:
        """The version of the running application."""
        now = runtime.active_or_none()
        if now is not None:
            return now.application_version
        self = DBOS._existing()
        return application_version(self._settings, self._registry)

    @classproperty
    def executor_id() -> str:
        """The executor id of this process."""
        now = runtime.active_or_none()
        return now.executor_id if now is not None else DBOS._existing()._settings.executor_id
