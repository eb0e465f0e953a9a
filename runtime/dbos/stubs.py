"""Typed stubs: workflows as the generated registry offers them, without their code.

In: signatures in a generated registry. Out: objects whose ``start`` and ``enqueue`` take exactly
the parameters of the workflow, for type checkers and at run time. Never imports a workflow module:
in a process without the code ``stub_calls`` writes a row, and an executor runs it.

Wrong arguments are a ``TypeError`` before anything is written. Defaults are not sent: whoever runs
the workflow applies those of its own code.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NoReturn, ParamSpec, TypeVar, overload

if TYPE_CHECKING:
    from dbos.handle import WorkflowHandle, WorkflowHandleAsync
    from dbos.registry import Registry

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a stub stands for: a workflow of a registry, bound to a class or to an instance.

    ``shown`` is how the program spells the stub, for messages. ``class_name`` and ``config_name``
    are those of ``DBOS.dbos_class`` and of the configured instance.
    """

    registry: Registry
    name: str
    shown: str
    signature: inspect.Signature
    class_name: str | None = None
    config_name: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to enqueue and how: None stands for the queue that every executor serves."""

    queue_name: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


class Enqueueable(Generic[P, R]):
    """Enqueueing with the parameters of the workflow."""

    __slots__ = ("_place", "_target")

    def __init__(self, target: Target, place: Place) -> None:
        self._target = target
        self._place = place

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target.shown} of {self._target.name!r}>"

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> WorkflowHandle[R]:
        """Enqueue the workflow; durable once it returns.

        Raises ``TypeError`` for arguments that the workflow does not take.
        """
        from dbos import stub_calls

        return stub_calls.enqueue(self._target, self._place, args, kwargs)

    def enqueue_async(
        self, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
        """Like ``enqueue``, from a coroutine."""
        from dbos import stub_calls

        return stub_calls.enqueue_async(self._target, self._place, args, kwargs)


class QueuedStub(Enqueueable[P, R]):
    """A workflow together with the queue it goes to."""

    __slots__ = ()


class WorkflowStub(Enqueueable[P, R]):
    """A workflow to start, enqueue or look up.

    In a process that runs the application, ``start`` is ``DBOS.start_workflow``. In any other one
    that has called ``registry.connect(url)`` it enqueues for an executor with the workflow's code.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        def __call__(self, *_: object, **__: object) -> NoReturn:
            shown = self._target.shown
            raise TypeError(
                f"{shown} is a stub and runs nothing itself: {shown}.start(…).get_result()"
            )

    def start(self, *args: P.args, **kwargs: P.kwargs) -> WorkflowHandle[R]:
        """Start the workflow in the background; once this returns, it runs to completion.

        Raises ``TypeError`` for arguments that the workflow does not take.
        """
        from dbos import stub_calls

        return stub_calls.start(self._target, args, kwargs)

    def start_async(
        self, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, WorkflowHandleAsync[R]]:
        """Like ``start``, from a coroutine."""
        from dbos import stub_calls

        return stub_calls.start_async(self._target, args, kwargs)

    def retrieve(self, workflow_id: str) -> WorkflowHandle[R]:
        """The handle of an execution of this workflow.

        Raises ``DBOSNonExistentWorkflowError`` for an unknown id and ``DBOSException`` for one that
        belongs to another workflow.
        """
        from dbos import stub_calls

        return stub_calls.retrieve(self._target, workflow_id)

    async def retrieve_async(self, workflow_id: str) -> WorkflowHandleAsync[R]:
        """Like ``retrieve``, from a coroutine."""
        from dbos import stub_calls

        return await stub_calls.retrieve_async(self._target, workflow_id)

    def on(
        self,
        queue: str,
        *,
        priority: int | None = None,
        deduplication_id: str | None = None,
        duplication_policy: str | None = None,
        partition_key: str | None = None,
        delay_seconds: float | None = None,
    ) -> QueuedStub[P, R]:
        """The workflow on a queue: ``checkout.on("packing", priority=1).enqueue(…)``.

        The options are those of ``SetEnqueueOptions``.
        """
        options = {
            "priority": priority,
            "deduplication_id": deduplication_id,
            "duplication_policy": duplication_policy,
            "queue_partition_key": partition_key,
            "delay_seconds": delay_seconds,
        }
        return QueuedStub(self._target, Place(queue, options))


class InstanceWorkflowStub(Generic[P, R]):
    """A workflow method of configured instances: ``Shop("main").open.start(…)``."""

    __slots__ = ("_function", "_name", "_registry", "_signature")

    def __init__(self, registry: Registry, name: str, function: Callable[..., Any]) -> None:
        self._registry = registry
        self._name = name
        self._function = function
        self._signature = _signature(function)

    @overload
    def __get__(self, instance: None, owner: type) -> InstanceWorkflowStub[P, R]: ...

    @overload
    def __get__(self, instance: Instances, owner: type) -> WorkflowStub[P, R]: ...

    def __get__(
        self, instance: Instances | None, owner: type[Instances]
    ) -> InstanceWorkflowStub[P, R] | WorkflowStub[P, R]:
        if instance is None:
            return self
        target = Target(
            self._registry,
            self._name,
            f"{owner.__name__}({instance._dbos_config_name!r}).{self._function.__name__}",
            self._signature,
            owner._dbos_class_name,
            instance._dbos_config_name,
        )
        return WorkflowStub(target, Place())

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            shown = self._function.__qualname__
            owner, _, method = shown.rpartition(".")
            raise AttributeError(
                f"{shown} is a workflow of instances: name one, as in"
                f' {owner}("its config_name").{method}.{name}'
            )


class Classes:
    """Base of the stub of a class: its static and class methods that are workflows."""

    _dbos_class_name: str | None = None

    def __init_subclass__(cls, *, name: str | None = None) -> None:
        cls._dbos_class_name = name


class Instances(Classes):
    """Base of the stub of a class with configured instances; construct it with a ``config_name``.

    Raises ``DBOSException`` for a name that is no text.
    """

    def __init__(self, config_name: str) -> None:
        from dbos.validity import valid_text

        self._dbos_config_name = valid_text(config_name, "config_name", longest=2048)


class ClassWorkflowStub(Generic[P, R]):
    """A workflow that is a static or class method: ``Shop.audit.start(…)``."""

    __slots__ = ("_is_bound", "_method", "_name", "_registry", "_signature")

    def __init__(
        self, registry: Registry, name: str, function: Callable[..., Any], *, is_bound: bool
    ) -> None:
        self._registry = registry
        self._name = name
        self._method = function.__name__
        self._signature = _signature(function)
        self._is_bound = is_bound

    def __get__(self, instance: object, owner: type[Classes]) -> WorkflowStub[P, R]:
        target = Target(
            self._registry,
            self._name,
            f"{owner.__name__}.{self._method}",
            self._signature,
            owner._dbos_class_name if self._is_bound else None,
        )
        return WorkflowStub(target, Place())


def stub(registry: Registry, name: str, function: Callable[P, R]) -> WorkflowStub[P, R]:
    """The stub of a workflow that is a plain function, from its signature."""
    target = Target(registry, name, function.__name__, inspect.signature(function))
    return WorkflowStub(target, Place())


def _signature(method: Callable[..., Any]) -> inspect.Signature:
    """The parameters without the first one, which every method of a stub class has."""
    whole = inspect.signature(method)
    return whole.replace(parameters=list(whole.parameters.values())[1:])
