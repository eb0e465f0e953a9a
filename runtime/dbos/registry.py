"""What a program declares: the entries of a generated registry, and the table decorators fill.

In: literal entries written by ``dbos-build build``; declarations made by decorators at import. Out:
``Registry`` (compared at launch by ``conformance``) and ``live``, where recovery and queues find
functions by name. Never runs a declared function.

Entries name functions as ``module:qualname``. They are imported on first use, so recovery finds a
workflow although nothing has imported its module.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from dbos.error import DBOSConflictingRegistrationError, DBOSInitializationError
from dbos.stubs import Classes as Classes
from dbos.stubs import ClassWorkflowStub, InstanceWorkflowStub, WorkflowStub, stub
from dbos.stubs import Instances as Instances
from dbos.validity import valid_text

if TYPE_CHECKING:
    from dbos.stub_calls import Connection

P = ParamSpec("P")
R = TypeVar("R")

FORMAT = 2
# Registered name of a step that was started as a workflow of its own.
STEP_PREFIX = "<temp>."


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow: its registered name, its function, and the version of its code."""

    name: str
    entry: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """A former version of a workflow whose records the code of this build is proven to fit."""

    workflow: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step: its registered name and its function."""

    name: str
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A transaction: its registered name and its function."""

    name: str
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A cron schedule of a workflow."""

    workflow: str
    cron: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue and the module that declares it; ``options`` is None when they are no literals."""

    name: str
    module: str
    options: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class with workflows."""

    name: str
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A source module that matters to some workflow, and the digest of its meaning."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything a build found. Written by ``dbos-build build``, never by hand."""

    format: int
    application_version: str
    workflows: tuple[Workflow, ...] = ()
    steps: tuple[Step, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    queues: tuple[Queue, ...] = ()
    classes: tuple[Class, ...] = ()
    modules: tuple[Module, ...] = ()
    takes_over: tuple[TakeOver, ...] = ()

    def connect(
        self,
        database_url: str | None = None,
        *,
        dbos_system_schema: str | None = None,
        application_name: str | None = None,
        use_listen_notify: bool = True,
    ) -> Connection:
        """Let the stubs of this registry start workflows in an application that runs elsewhere.

        ``database_url`` is the application's system database, by default the one in
        ``DBOS_SYSTEM_DATABASE_URL``. The answer is a ``DBOSClient``: use it in a ``with`` block or
        ``destroy`` it. Raises ``DBOSInitializationError`` for a database that cannot be opened or
        has no system tables, ``DBOSException`` when the registry is connected already.
        """
        from dbos import stub_calls

        options = {
            "dbos_system_schema": dbos_system_schema,
            "application_name": application_name,
            "use_listen_notify": use_listen_notify,
        }
        return stub_calls.connect(self, database_url, options)

    def stub(self, name: str) -> Callable[[Callable[P, R]], WorkflowStub[P, R]]:
        """Turn a signature in a generated registry into the stub of a workflow."""
        return lambda function: stub(self, name, function)

    def static_stub(
        self, name: str
    ) -> Callable[[Callable[Concatenate[Any, P], R]], ClassWorkflowStub[P, R]]:
        """The same for a static method; the signature still takes ``self``."""
        return lambda function: ClassWorkflowStub(self, name, function, is_bound=False)

    def class_stub(
        self, name: str
    ) -> Callable[[Callable[Concatenate[Any, P], R]], ClassWorkflowStub[P, R]]:
        """The same for a class method; the signature takes ``self`` in the place of ``cls``."""
        return lambda function: ClassWorkflowStub(self, name, function, is_bound=True)

    def instance_stub(
        self, name: str
    ) -> Callable[[Callable[Concatenate[Any, P], R]], InstanceWorkflowStub[P, R]]:
        """The same for a method of configured instances."""
        return lambda function: InstanceWorkflowStub(self, name, function)


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A decorated function. ``member`` tells how it is bound: "self", "cls" or None."""

    name: str
    function: Callable[..., Any]
    is_async: bool
    member: str | None
    max_recovery_attempts: int | None = None
    wrapper: Callable[..., Any] | None = None
    serialization_type: object = None
    validate: Callable[..., Any] | None = None

    @property
    def entry(self) -> str:
        """The function as ``module:qualname``."""
        return f"{self.function.__module__}:{self.function.__qualname__}"


@dataclass(slots=True)
class Live:
    """What the decorators of this process have declared so far."""

    workflows: dict[str, Declared] = field(default_factory=dict)
    steps: dict[str, Declared] = field(default_factory=dict)
    transactions: dict[str, Declared] = field(default_factory=dict)
    # workflow name to its ``schedule.Cron`` values
    schedules: dict[str, list[Any]] = field(default_factory=dict)
    queues: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, type] = field(default_factory=dict)
    instances: dict[tuple[str, str], Any] = field(default_factory=dict)
    # ``kafka.Consumer`` values
    consumers: list[Any] = field(default_factory=list)
    alert_handlers: list[Callable[[str, str, dict[str, str]], None]] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything, except what the runtime itself declares."""
        kept = {name: found for name, found in self.workflows.items() if _is_own(found)}
        for table in (self.steps, self.transactions, self.schedules, self.queues, self.classes):
            table.clear()
        self.instances.clear()
        self.consumers.clear()
        self.alert_handlers.clear()
        self.workflows.clear()
        self.workflows.update(kept)


live = Live()


def _is_own(declared: Declared) -> bool:
    return declared.function.__module__.partition(".")[0] == __name__.partition(".")[0]


def declare(
    table: dict[str, Declared],
    function: Callable[..., Any],
    *,
    name: str | None,
    max_recovery_attempts: int | None = None,
    serialization_type: object = None,
    validate: Callable[..., Any] | None = None,
) -> Declared:
    """Enter a decorated function into a live table.

    Raises ``DBOSConflictingRegistrationError`` when another function already has the name, and
    ``DBOSInitializationError`` for something that is no function.
    """
    if not callable(function) or not hasattr(function, "__qualname__"):
        raise DBOSInitializationError(
            f"A DBOS decorator was applied to {function!r}; write it with parentheses above a"
            " function, as in @DBOS.workflow()"
        )
    declared = Declared(
        name=valid_text(name or function.__qualname__, "The name of a function", longest=1024),
        function=function,
        is_async=inspect.iscoroutinefunction(function),
        member=member_kind(function),
        max_recovery_attempts=max_recovery_attempts,
        serialization_type=serialization_type,
        validate=validate,
    )
    former = table.get(declared.name)
    if former is not None and former.entry != declared.entry:
        raise DBOSConflictingRegistrationError(declared.name, former.entry, declared.entry)
    table[declared.name] = declared
    return declared


def member_kind(function: Callable[..., Any]) -> str | None:
    """Whether a function takes its instance ("self") or class ("cls"), judged by its first name."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_argcount == 0:
        return None
    first: str = code.co_varnames[0]
    return first if first in ("self", "cls") else None


def import_entry(entry: str) -> None:
    """Import the module of an entry, so that its decorators run."""
    importlib.import_module(entry.partition(":")[0])


def step_as_workflow(step: Declared | None) -> Declared | None:
    """A workflow that does nothing but call a step, for a step that is started by itself."""
    if step is None or step.wrapper is None:
        return None
    return Declared(
        name=STEP_PREFIX + step.name,
        function=step.wrapper,
        is_async=step.is_async,
        member=step.member,
        max_recovery_attempts=100,
    )
