"""Who is running: the workflow and step around the calling code, and wishes for the next call.

In: ``with SetWorkflowID(…)`` and the like. Out: ``frame`` and ``presets``, two context variables.
Never touches the database. Tasks and threads that copy the context (``asyncio.create_task``,
``asyncio.to_thread``) keep it.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from dbos.error import DBOSException
from dbos.kernel import tracing
from dbos.validity import valid_seconds, valid_text

if TYPE_CHECKING:
    from dbos.kernel.execution import Execution, Lane

DuplicationPolicy = Literal["reject", "return-existing"]
WorkflowIDReusePolicy = Literal["reject"]
HIGHEST_PRIORITY = 2**31 - 1
ENQUEUE_OPTIONS = (
    *("deduplication_id", "priority", "app_version", "queue_partition_key"),
    *("delay_ms", "duplication_policy"),
)


@dataclass(slots=True)
class StepScope:
    """The step that runs now: its number and which attempt this is, counted from 0."""

    step_id: int
    current_attempt: int | None
    max_attempts: int | None
    session: Any = None
    span: Any = None


StepStatus = StepScope


@dataclass(frozen=True, slots=True)
class Frame:
    """The execution that the calling code belongs to, and the step when it is inside one."""

    execution: Execution
    lane: Lane
    step: StepScope | None = None

    def inside(self, step: StepScope) -> Frame:
        """This frame in a step. Every step makes one, so it does not go through ``replace``."""
        return Frame(self.execution, self.lane, step)


@dataclass(slots=True)
class AssignedId:
    """A workflow id for the next workflow; it is used up by the first one."""

    workflow_id: str
    reuse: str | None = None
    used: bool = False


@dataclass(frozen=True, slots=True)
class Presets:
    """What surrounding ``with`` blocks ask of the next workflow. None means "not asked"."""

    assigned: AssignedId | None = None
    timeout_ms: int | None = None
    detached: bool = False
    deduplication_id: str | None = None
    duplication_policy: str | None = None
    priority: int | None = None
    app_version: str | None = None
    queue_partition_key: str | None = None
    delay_ms: int | None = None
    user: str | None = None
    roles: tuple[str, ...] = ()
    assumed_role: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


frame: ContextVar[Frame | None] = ContextVar("dbos_frame", default=None)
presets: ContextVar[Presets] = ContextVar("dbos_presets", default=Presets())  # noqa: B039 - frozen


# What the ``with`` blocks around the calling code have to put back, the innermost last.
_replaced: ContextVar[tuple[Presets, ...]] = ContextVar("dbos_replaced_presets", default=())


class _Scope(ABC):
    """A ``with`` block that changes the presets and puts them back.

    It keeps nothing of a block itself, so one object serves nested blocks, and several threads and
    tasks at once.
    """

    __slots__ = ()

    @abstractmethod
    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""

    def __enter__(self) -> Any:
        former = presets.get()
        presets.set(self.change(former))
        _replaced.set((*_replaced.get(), former))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        # Where the block ends in another context than it began in, nothing is to be put back.
        if replaced := _replaced.get():
            presets.set(replaced[-1])
            _replaced.set(replaced[:-1])
        return False


class SetWorkflowID(_Scope):
    """Give the next workflow, or the next ``send`` from plain code, this id: its idempotency key.

    With ``workflow_id_reuse_policy`` "reject" a start or enqueue under an id that is taken raises
    ``DBOSWorkflowIDInUseError`` instead of answering the workflow that has it.
    Raises ``DBOSException`` for an id that cannot be stored.
    """

    __slots__ = ("_reuse", "_workflow_id")

    def __init__(
        self, wfid: str, *, workflow_id_reuse_policy: WorkflowIDReusePolicy | None = None
    ) -> None:
        if workflow_id_reuse_policy not in (None, "reject"):
            raise DBOSException(
                f"workflow_id_reuse_policy must be 'reject', not {workflow_id_reuse_policy!r}"
            )
        self._workflow_id = valid_text(wfid, "A workflow id")
        self._reuse = workflow_id_reuse_policy

    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""
        return replace(now, assigned=AssignedId(self._workflow_id, self._reuse))


class SetWorkflowTimeout(_Scope):
    """Cancel the workflows started in this block after so many seconds; None detaches them.

    Raises ``DBOSException`` for a timeout that is not positive.
    """

    __slots__ = ("_timeout_ms",)

    def __init__(self, workflow_timeout_sec: float | None) -> None:
        self._timeout_ms: int | None = None
        if workflow_timeout_sec is not None:
            seconds = valid_seconds(workflow_timeout_sec, "A workflow timeout", positive=True)
            self._timeout_ms = max(1, int(min(seconds, 1e11) * 1000))

    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""
        return replace(now, timeout_ms=self._timeout_ms, detached=self._timeout_ms is None)


class SetEnqueueOptions(_Scope):
    """Options for what is enqueued in this block.

    ``priority`` runs from 1 (first) to 2**31-1; ``delay_seconds`` keeps the workflow back that
    long. Raises ``DBOSException`` for values out of range.
    """

    __slots__ = ("_changes",)
    POLICIES: ClassVar[tuple[str, ...]] = ("reject", "return-existing")

    def __init__(
        self,
        *,
        deduplication_id: str | None = None,
        priority: int | None = None,
        app_version: str | None = None,
        queue_partition_key: str | None = None,
        delay_seconds: float | None = None,
        duplication_policy: DuplicationPolicy | None = None,
    ) -> None:
        # The innermost block counts alone: what it does not name is not asked for.
        self._changes: dict[str, Any] = dict.fromkeys(ENQUEUE_OPTIONS)
        for name, value in (
            ("deduplication_id", deduplication_id),
            ("app_version", app_version),
            ("queue_partition_key", queue_partition_key),
        ):
            if value is not None:
                self._changes[name] = valid_text(value, name)
        if priority is not None:
            if type(priority) is not int or not 1 <= priority <= HIGHEST_PRIORITY:
                raise DBOSException(
                    f"priority must be from 1 to {HIGHEST_PRIORITY}, not {priority!r}"
                )
            self._changes["priority"] = priority
        if delay_seconds is not None:
            delay = valid_seconds(delay_seconds, "delay_seconds")
            self._changes["delay_ms"] = int(max(0.0, min(delay, 1e11)) * 1000)
        if duplication_policy is not None:
            if duplication_policy not in self.POLICIES:
                raise DBOSException(f"duplication_policy must be one of {self.POLICIES}")
            self._changes["duplication_policy"] = duplication_policy

    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""
        return replace(now, **self._changes)


class SetWorkflowAttributes(_Scope):
    """Store these attributes, and no others, with the workflows started in this block."""

    __slots__ = ("_attributes",)

    def __init__(self, attributes: dict[str, Any]) -> None:
        self._attributes = attributes

    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""
        return replace(now, attributes=dict(self._attributes))


class DBOSContextEnsure(_Scope):
    """A block whose ``set_authentication`` ends with it; there is always a context here."""

    __slots__ = ()

    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""
        return now


class DBOSContextSetAuth(_Scope):
    """Run the workflows of this block as this user with these roles."""

    __slots__ = ("_roles", "_user")

    def __init__(self, user: str | None, roles: Sequence[str] | None) -> None:
        self._user = user
        self._roles = tuple(roles or ())

    def change(self, now: Presets) -> Presets:
        """The presets inside the block."""
        return replace(now, user=self._user, roles=self._roles)


def set_authentication(
    authenticated_user: str | None, authenticated_roles: Sequence[str] | None
) -> None:
    """From here on, run workflows as this user with these roles: in this thread or task.

    For code that handles one request per task, such as the middleware of a web application;
    ``DBOSContextSetAuth`` does it for a block. Raises ``DBOSException`` for a lone text as roles.
    """
    if isinstance(authenticated_roles, str):
        raise DBOSException("authenticated_roles must be a list of texts, not one text")
    roles = tuple(authenticated_roles or ())
    presets.set(replace(presets.get(), user=authenticated_user, roles=roles, assumed_role=None))


def take_assigned_id() -> AssignedId | None:
    """The id that a surrounding ``SetWorkflowID`` gives to this call, used up by asking."""
    assigned = presets.get().assigned
    if assigned is None or assigned.used:
        return None
    assigned.used = True
    return assigned


Entered = tuple[Token[Frame | None], Token[Presets] | None, Any]


def enter(now: Frame) -> Entered:
    """Make ``now`` the frame of the calling code; a workflow body starts without presets."""
    token = frame.set(now)
    span = now.execution.span if now.step is None else now.step.span
    attached = None if span is None else tracing.attach(span)
    if now.step is not None:
        return token, None, attached
    inherited = Presets(
        user=now.execution.user,
        roles=now.execution.roles,
        assumed_role=now.execution.assumed_role,
    )
    return token, presets.set(inherited), attached


@contextlib.contextmanager
def outside() -> Iterator[None]:
    """Let the calls in this block count as plain code, also inside a workflow."""
    token = frame.set(None)
    try:
        yield
    finally:
        frame.reset(token)


def leave(tokens: Entered) -> None:
    """Undo ``enter``."""
    frame.reset(tokens[0])
    if tokens[1] is not None:
        presets.reset(tokens[1])
    if tokens[2] is not None:
        tracing.detach(tokens[2])
