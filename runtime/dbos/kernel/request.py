"""What is asked for when a workflow is started or enqueued, as the row to insert.

In: a declared workflow, its arguments and the surrounding presets. Out: a ``Request`` with the row.
Never touches the database. Everything a caller can get wrong is refused here, before any row
exists.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dbos import conformance
from dbos.error import DBOSException, DBOSWorkflowFunctionNotFoundError
from dbos.kernel import authorization, context, seam
from dbos.kernel.context import Presets
from dbos.registry import Declared, live, step_as_workflow
from dbos.validation import hints_of
from dbos.values import portable, serialize

if TYPE_CHECKING:
    from dbos.kernel.context import Frame
    from dbos.kernel.runtime import Runtime
    from dbos.system.workflows import NewWorkflow


@dataclass(frozen=True, slots=True)
class Request:
    """A workflow to start: its row, and the arguments as replay will see them."""

    declared: Declared
    row: NewWorkflow
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    reuse: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """Where to enqueue. ``partition_key`` as given to ``enqueue``."""

    queue_name: str
    partition_key: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """The class or instance a method workflow is bound to, and its remaining arguments."""

    class_name: str | None
    config_name: str | None
    bound: tuple[Any, ...]
    args: tuple[Any, ...]


def declared_of(function: Any, workflow_id: str = "new") -> tuple[Declared, tuple[Any, ...]]:
    """The declared workflow behind what a caller passed, and what it is bound to.

    Raises ``DBOSWorkflowFunctionNotFoundError`` for anything that is no workflow.
    """
    declared = getattr(function, "__dbos_workflow__", None)
    if declared is None:
        declared = step_as_workflow(getattr(function, "__dbos_step__", None))
    if not isinstance(declared, Declared):
        name = getattr(function, "__qualname__", repr(function))
        raise DBOSWorkflowFunctionNotFoundError(
            workflow_id, f"{name} is not a workflow; decorate it with @DBOS.workflow()"
        )
    bound = getattr(function, "__self__", None)
    return declared, () if bound is None else (bound,)


def bind(declared: Declared, args: tuple[Any, ...]) -> Binding:
    """Split the instance or class off the arguments of a method workflow."""
    if declared.member is None or not args:
        return Binding(None, None, (), args)
    owner = args[0]
    if declared.member == "cls":
        # Its own: a subclass inherits the name, by which recovery would find the parent.
        name = vars(owner).get("__dbos_class_name__")
        if name is None:
            raise DBOSException(
                f"{owner!r} holds workflow {declared.name} but is not decorated with"
                " @DBOS.dbos_class()"
            )
        return Binding(name, None, args[:1], args[1:])
    config_name = getattr(owner, "config_name", None)
    class_name = getattr(type(owner), "__dbos_class_name__", None)
    if config_name is None or class_name is None:
        raise DBOSException(
            f"Workflow {declared.name} is a method; its class must be decorated with"
            " @DBOS.dbos_class() and derive from DBOSConfiguredInstance, so that recovery can find"
            " the instance again"
        )
    return Binding(class_name, str(config_name), args[:1], args[1:])


def rebind(
    workflow_id: str, declared: Declared, class_name: str | None, config_name: str | None
) -> tuple[Any, ...]:
    """The instance or class that a stored workflow is bound to.

    Raises ``DBOSWorkflowFunctionNotFoundError`` when this process has none of that name.
    """
    if declared.member is None or class_name is None:
        return ()
    if declared.member == "cls":
        if class_name not in live.classes:
            reason = f"no class {class_name!r} is registered"
            raise DBOSWorkflowFunctionNotFoundError(workflow_id, reason)
        return (live.classes[class_name],)
    instance = live.instances.get((class_name, config_name or ""))
    if instance is None:
        raise DBOSWorkflowFunctionNotFoundError(
            workflow_id,
            f"no instance {config_name!r} of class {class_name!r} exists; create it before"
            " DBOS.launch()",
        )
    return (instance,)


def arguments(
    declared: Declared, text: str | None, serialization: str | None
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The stored arguments of a workflow, as its body gets them."""
    stored = serialize.decode_inputs(text, serialization)
    args, kwargs = tuple(stored["args"]), dict(stored["kwargs"])
    if serialization != portable.NAME:
        return args, kwargs
    return _fitted(declared, args, kwargs)


def _fitted(
    declared: Declared, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Portable arguments with the times and dates that the parameters ask for."""
    names = list(inspect.signature(declared.function).parameters)
    hints = hints_of(declared.function, names)
    places = names[1:] if declared.member else names
    known = dict(zip(range(len(args)), places, strict=False))
    return (
        tuple(portable.fitted(one, hints.get(known.get(at, ""))) for at, one in enumerate(args)),
        {name: portable.fitted(one, hints.get(name)) for name, one in kwargs.items()},
    )


def make(
    runtime: Runtime,
    declared: Declared,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    frame: Frame | None,
    default_id: str | None = None,
    place: QueuePlace | None = None,
) -> Request:
    """The request for one workflow, from its arguments and the presets around the call."""
    from dbos.system.workflows import NewWorkflow

    if runtime.registry is not None:
        conformance.require(declared, runtime.registry)
    presets = context.presets.get()
    assigned = context.take_assigned_id()
    workflow_id = assigned.workflow_id if assigned else default_id or seam.new_id()
    binding = bind(declared, args)
    inputs = runtime.settings.writing.encode_inputs(
        binding.args, kwargs, asked=declared.serialization_type
    )
    if not (serialize.plain(binding.args) and serialize.plain(kwargs.values())):
        seen, kwargs = arguments(declared, inputs.text, inputs.serialization)
        binding = replace(binding, args=seen)
    now = seam.now_ms()
    timeout_ms, deadline_ms = _limits(presets, frame, now, queued=place is not None)
    user, roles, role = _identity(declared, presets)
    row = NewWorkflow(
        workflow_uuid=workflow_id,
        name=declared.name,
        inputs=inputs.text,
        serialization=inputs.serialization,
        created_at=now,
        arrival=seam.order(),
        class_name=binding.class_name,
        config_name=binding.config_name,
        authenticated_user=user,
        assumed_role=role,
        authenticated_roles=json.dumps(roles) if roles else None,
        application_version=presets.app_version or runtime.application_version,
        workflow_version=None if presets.app_version else runtime.versions.get(declared.name),
        application_name=runtime.settings.name,
        workflow_timeout_ms=timeout_ms,
        workflow_deadline_epoch_ms=deadline_ms,
        parent_workflow_id=None if frame is None else frame.execution.workflow_id,
        attributes=_attributes(presets),
        **(_running(runtime, now) if place is None else _queued(presets, place, now)),
    )
    args = (*binding.bound, *binding.args)
    return Request(declared, row, args, kwargs, assigned.reuse if assigned else None)


_OF_QUEUES = {
    "deduplication_id": "deduplication_id",
    "duplication_policy": "duplication_policy",
    "priority": "priority",
    "queue_partition_key": "queue_partition_key",
    "delay_ms": "delay_seconds",
}


def refuse_enqueue_options(name: str) -> None:
    """Raise ``DBOSException`` when the presets ask for what only a queue can do."""
    presets = context.presets.get()
    asked = [shown for key, shown in _OF_QUEUES.items() if getattr(presets, key) is not None]
    if asked:
        raise DBOSException(
            f"Workflow {name} is started at once, so it has no {' and no '.join(asked)}: enqueue"
            " it, or start it outside of SetEnqueueOptions"
        )


def _running(runtime: Runtime, now: int) -> dict[str, Any]:
    return {
        "status": "PENDING",
        "executor_id": runtime.executor_id,
        "owner_xid": runtime.new_owner(),
        "recovery_attempts": 1,
        "executions": 1,
        "started_at_epoch_ms": now,
    }


def _queued(presets: Presets, place: QueuePlace, now: int) -> dict[str, Any]:
    delayed = presets.delay_ms is not None and presets.delay_ms > 0
    return {
        "status": "DELAYED" if delayed else "ENQUEUED",
        "queue_name": place.queue_name,
        "deduplication_id": presets.deduplication_id,
        "priority": presets.priority or 0,
        "queue_partition_key": place.partition_key or presets.queue_partition_key,
        "delay_until_epoch_ms": now + (presets.delay_ms or 0) if delayed else None,
    }


def _limits(
    presets: Presets, frame: Frame | None, now: int, *, queued: bool
) -> tuple[int | None, int | None]:
    """Timeout and deadline: an own timeout counts from the start, a parent's deadline is shared."""
    if presets.timeout_ms is not None:
        return presets.timeout_ms, None if queued else now + presets.timeout_ms
    inherited = None if frame is None or presets.detached else frame.execution.deadline_ms
    return None, inherited


def _identity(
    declared: Declared, presets: Presets
) -> tuple[str | None, tuple[str, ...], str | None]:
    role = authorization.admitting_role(declared.function, declared.name, presets)
    return presets.user, presets.roles, role or presets.assumed_role


def _attributes(presets: Presets) -> str | None:
    if not presets.attributes:
        return None
    try:
        return json.dumps(presets.attributes, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise DBOSException(f"Workflow attributes must be JSON: {error}") from None
