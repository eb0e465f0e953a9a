"""What the call of a stub becomes: a start in this process, or a row for an executor elsewhere.

In: a stub's target and arguments. Out: handles. ``connect`` says which database a registry's stubs
write to in a process that does not run the application; without it the launched runtime is used.
Never imports a workflow module for a connected registry, and never writes before everything that
the caller can get wrong was refused.

A row from elsewhere carries the application version and the workflow version of the registry, so
exactly the executors that have this code take it.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from dbos import queue, workflow
from dbos.client import DBOSClient
from dbos.conformance import check_format, find_workflow
from dbos.error import DBOSException, DBOSInitializationError, DBOSNonExistentWorkflowError
from dbos.handle import WorkflowHandle, WorkflowHandleAsync
from dbos.kernel import context, drive, request, runtime
from dbos.kernel.context import Presets
from dbos.kernel.drive import Load, Protocol
from dbos.kernel.request import QueuePlace
from dbos.kernel.runtime import Runtime
from dbos.log import logger
from dbos.queue import INTERNAL_QUEUE, insert_queued
from dbos.registry import Declared, Registry, live
from dbos.stubs import Place, Target
from dbos.validity import valid_text

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]

# Connected registries by identity: a registry holds dicts, so it has no hash.
_connections: dict[int, Connection] = {}
# What a forked child inherited: kept, so that nothing closes sockets that the parent still uses.
_kept: list[Connection] = []


def _after_fork() -> None:
    """In a forked child: the connections stay with the parent; the child makes its own."""
    _kept.extend(_connections.values())
    _connections.clear()


os.register_at_fork(after_in_child=_after_fork)


class Connection(DBOSClient):
    """A client that the stubs of one registry write through, until it is destroyed."""

    def __init__(self, registry: Registry, database_url: str, **options: Any) -> None:
        super().__init__(database_url, **options)
        self._registry = registry

    @property
    def runtime(self) -> Runtime:
        """The database and identity of the connection."""
        return self._runtime

    def __enter__(self) -> Connection:
        return self

    def destroy(self) -> None:
        """Close the connections; the stubs are without a database again."""
        if _connections.get(id(self._registry)) is self:
            del _connections[id(self._registry)]
        super().destroy()


def connect(registry: Registry, database_url: str | None, options: dict[str, Any]) -> Connection:
    """Open a database for the stubs of a registry; see ``Registry.connect``."""
    check_format(registry)
    if id(registry) in _connections:
        raise DBOSException(
            "This registry is already connected; destroy() the former connection first"
        )
    url = database_url or os.environ.get("DBOS_SYSTEM_DATABASE_URL")
    if not url:
        raise DBOSException(
            "connect() needs the URL of the application's system database, as an argument or in"
            " DBOS_SYSTEM_DATABASE_URL"
        )
    from dbos.system.existing import open_existing

    open_existing(url, schema=options["dbos_system_schema"] or "dbos").close()
    made = Connection(registry, url, **options)
    try:
        _look_for_executors(made, registry)
    except BaseException:
        made.destroy()
        raise
    _connections[id(registry)] = made
    return made


def _look_for_executors(made: Connection, registry: Registry) -> None:
    """Say when no process of this version has run on the database yet; one may come later."""
    known = {one["version_name"] for one in made.list_application_versions()}
    if registry.application_version not in known:
        logger.warning(
            "No process has launched version %s on %s yet: what is started waits for one that has"
            " the same workflow versions",
            registry.application_version,
            made.runtime.system.describe(),
        )


@dataclass(frozen=True, slots=True)
class Callee:
    """A workflow as ``start_workflow`` and ``enqueue`` accept it, without its decorated function.

    ``__self__`` is the class or instance it is bound to, or None.
    """

    __dbos_workflow__: Declared
    __self__: Any


def start(target: Target, args: Arguments, kwargs: Keywords) -> WorkflowHandle[Any]:
    """Start here, or enqueue on the queue that every executor serves."""
    _refuse_wrong_arguments(target, "start", args, kwargs)
    remote = _connection(target)
    if remote is not None:
        return _insert(remote.runtime, target, Place(), args, kwargs)
    return workflow.start_workflow(_callee(target), *args, **kwargs)


def start_async(
    target: Target, args: Arguments, kwargs: Keywords
) -> Coroutine[Any, Any, WorkflowHandleAsync[Any]]:
    """Like ``start``, from a coroutine."""
    _refuse_wrong_arguments(target, "start_async", args, kwargs)
    remote = _connection(target)
    if remote is not None:
        return _insert_async(remote.runtime, target, Place(), args, kwargs)
    return workflow.start_workflow_async(_callee(target), *args, **kwargs)


def enqueue(target: Target, place: Place, args: Arguments, kwargs: Keywords) -> WorkflowHandle[Any]:
    """Enqueue on a queue, by default on the one that every executor serves."""
    _refuse_wrong_arguments(target, "enqueue", args, kwargs)
    remote = _connection(target)
    with context.SetEnqueueOptions(**place.options):
        if remote is not None:
            return _insert(remote.runtime, target, place, args, kwargs)
        callee, now = _callee(target), runtime.active()
        drive.run(_known_queue(target, place, context.presets.get()), now.system)
        return queue.enqueue_workflow(place.queue_name or INTERNAL_QUEUE, callee, *args, **kwargs)


def enqueue_async(
    target: Target, place: Place, args: Arguments, kwargs: Keywords
) -> Coroutine[Any, Any, WorkflowHandleAsync[Any]]:
    """Like ``enqueue``, from a coroutine."""
    _refuse_wrong_arguments(target, "enqueue_async", args, kwargs)
    remote = _connection(target)
    with context.SetEnqueueOptions(**place.options):
        if remote is not None:
            return _insert_async(remote.runtime, target, place, args, kwargs)
        callee, now = _callee(target), runtime.active()
        drive.run(_known_queue(target, place, context.presets.get()), now.system)
        name = place.queue_name or INTERNAL_QUEUE
        return queue.enqueue_workflow_async(name, callee, *args, **kwargs)


def retrieve(target: Target, workflow_id: str) -> WorkflowHandle[Any]:
    """A handle for an id that belongs to the target's workflow."""
    now = _runtime_for(target)
    drive.run(_is_of(target, workflow_id), now.system)
    return WorkflowHandle(workflow_id, now)


async def retrieve_async(target: Target, workflow_id: str) -> WorkflowHandleAsync[Any]:
    """Like ``retrieve``, from a coroutine."""
    now = _runtime_for(target)
    await drive.run_async(_is_of(target, workflow_id), now.system)
    return WorkflowHandleAsync(workflow_id, now)


# ---------------------------------------------------------------- arguments and places


def _refuse_wrong_arguments(target: Target, verb: str, args: Arguments, kwargs: Keywords) -> None:
    """Raise ``TypeError`` when the workflow does not take these arguments."""
    try:
        target.signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(
            f"{target.shown}.{verb}: {error}; workflow {target.name!r} takes"
            f" {_shown(target.signature)}"
        ) from None


class _Source(str):
    """Text that signatures show as it is, without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def _shown(signature: inspect.Signature) -> inspect.Signature:
    """A signature of a generated registry as it is written there."""
    parameters = [
        one.replace(
            annotation=_Source(one.annotation),
            default=_Source("...") if one.default is ... else one.default,
        )
        for one in signature.parameters.values()
    ]
    return signature.replace(
        parameters=parameters, return_annotation=_Source(signature.return_annotation)
    )


def _connection(target: Target) -> Connection | None:
    """The connection of the target's registry, None when the launched runtime is meant.

    Raises ``DBOSException`` inside a workflow: the compiler does not look behind a stub, so an
    operation there would be missing in what it knows of the workflow's replay.
    """
    frame = context.frame.get()
    if frame is not None and frame.step is None:
        raise DBOSException(
            f"{target.shown} was called inside a workflow: stubs are for plain code. Use"
            " DBOS.start_workflow(…) or a queue's enqueue(…) with the function itself; what runs"
            " in another application belongs into a step"
        )
    return _connections.get(id(target.registry))


def _runtime_for(target: Target) -> Runtime:
    remote = _connection(target)
    return _launched(target) if remote is None else remote.runtime


def _launched(target: Target) -> Runtime:
    """The launched runtime, which must run the application of the target's registry."""
    check_format(target.registry)
    try:
        now = runtime.active()
    except DBOSException:
        raise DBOSException(
            f"{target.shown} has no database to write to: call DBOS.launch() in a process that"
            " runs the application, or registry.connect(url) in any other one"
        ) from None
    theirs = now.registry
    if theirs is not None and theirs is not target.registry and theirs != target.registry:
        raise DBOSException(
            f"{target.shown} belongs to version {target.registry.application_version}, but this"
            f" process was launched with the registry of version {theirs.application_version};"
            " connect the stub's registry with registry.connect(url)"
        )
    return now


def _callee(target: Target) -> Any:
    """The workflow in this process, imported through the registry when nothing has done so."""
    _launched(target)
    entry = next((one for one in target.registry.workflows if one.name == target.name), None)
    if entry is None:
        raise DBOSInitializationError(
            f"{target.shown}: the registry has no workflow {target.name!r}; run `dbos-build build`"
        )
    try:
        declared = find_workflow(target.name, target.registry)
    except ImportError as error:
        raise DBOSInitializationError(
            f"{target.shown}: {entry.entry} cannot be imported in this process ({error}); where"
            " the code is missing, use registry.connect(url) instead of DBOS.launch()"
        ) from error
    if declared is None or declared.entry != entry.entry:
        raise DBOSInitializationError(
            f"{target.shown}: {entry.entry} does not declare workflow {target.name!r} any more;"
            " run `dbos-build build`"
        )
    owner = request.rebind("new", declared, target.class_name, target.config_name)
    return Callee(declared, owner[0] if owner else None)


def _known_queue(target: Target, place: Place, presets: Presets) -> Protocol[None]:
    """Raise ``DBOSException`` for a queue that nobody serves, and for a missing partition key."""
    name = place.queue_name
    if name is None:
        return
    valid_text(name, "The name of a queue")
    declared = {one.name: one.options or {} for one in target.registry.queues}
    if name not in declared and name not in live.queues:
        from dbos.system import registered_queues

        rows = yield Load(registered_queues.read_queues())
        stored = {row_name for row_name, _ in rows}
        if name not in stored:
            raise DBOSException(
                f"{target.shown}: there is no queue {name!r}; the registry knows"
                f" {', '.join(sorted(declared)) or 'none'}, and none of that name is registered"
            )
    partitioned = declared.get(name, {}).get("partition_queue")
    if partitioned and presets.queue_partition_key is None:
        raise DBOSException(f"Queue {name!r} is partitioned: use .on({name!r}, partition_key=…)")


# ---------------------------------------------------------------- rows for elsewhere


def _insert(
    now: Runtime, target: Target, place: Place, args: Arguments, kwargs: Keywords
) -> WorkflowHandle[Any]:
    protocol = _inserted(now, target, place, args, kwargs)
    return WorkflowHandle(drive.run(protocol, now.system), now)


def _insert_async(
    now: Runtime, target: Target, place: Place, args: Arguments, kwargs: Keywords
) -> Coroutine[Any, Any, WorkflowHandleAsync[Any]]:
    begun = drive.Begun(_inserted(now, target, place, args, kwargs))

    async def finish() -> WorkflowHandleAsync[Any]:
        return WorkflowHandleAsync(await begun.finish(now.system), now)

    return finish()


def _inserted(
    now: Runtime, target: Target, place: Place, args: Arguments, kwargs: Keywords
) -> Protocol[str]:
    """Commit the row of a workflow for whichever executor has the registry's version of it."""
    presets = context.presets.get()
    if presets.queue_partition_key is not None and presets.deduplication_id is not None:
        raise DBOSException("A partition key and a deduplication id exclude each other")
    asked = _request(now, target, place, args, kwargs)
    yield from _known_queue(target, place, presets)
    return (yield from insert_queued(asked, presets.duplication_policy))


def _request(
    now: Runtime, target: Target, place: Place, args: Arguments, kwargs: Keywords
) -> request.Request:
    version = next(
        (one.version for one in target.registry.workflows if one.name == target.name), None
    )
    declared = Declared(name=target.name, function=_elsewhere, is_async=False, member=None)
    asked = request.make(
        now,
        declared,
        args,
        kwargs,
        frame=None,
        place=QueuePlace(queue_name=place.queue_name or INTERNAL_QUEUE),
    )
    chosen = context.presets.get().app_version
    row = replace(
        asked.row,
        class_name=target.class_name,
        config_name=target.config_name,
        application_version=chosen or target.registry.application_version,
        workflow_version=None if chosen else version,
    )
    return replace(asked, row=row)


def _elsewhere(*_: Any, **__: Any) -> Any:
    raise DBOSException("A stub does not run workflows")


def _is_of(target: Target, workflow_id: str) -> Protocol[None]:
    """Raise unless the id belongs to the target's workflow, class and instance."""
    from dbos.system import workflows

    valid_text(workflow_id, "A workflow id")
    found = yield Load(workflows.read_ending(workflow_id))
    if found is None:
        raise DBOSNonExistentWorkflowError(workflow_id)
    identity = (found.name, found.class_name, found.config_name)
    wanted = (target.name, target.class_name, target.config_name)
    if identity != wanted:
        raise DBOSException(
            f"Workflow {workflow_id!r} is an execution of {workflow.spell(identity)},"
            f" not of {workflow.spell(wanted)}"
        )
