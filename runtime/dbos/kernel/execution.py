"""One running execution of a workflow: who owns it, what it has done, and where it stands.

In: a claimed workflow and its recorded history. Out: positions for operations, in an order that
replay repeats. Never touches the database.

Every operation has a position and a number. The number (1, 2, 3, …) is the order of the calls and
what people see. The position is what replay looks a record up by; it names the place in the code:
"3" is the third operation of the workflow's own flow, "2.1:3" the third one of the first task that
the second task started. Tasks of one workflow may so interleave differently on replay and still
find their own records.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from typing import TYPE_CHECKING, Any

from dbos.error import (
    DBOSException,
    DBOSShutdownError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)
from dbos.kernel import submission
from dbos.values import serialize

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system.steps import StepRecord


class Lane:
    """A line of operations that happen one after the other: the workflow's own, or a task's."""

    __slots__ = ("children", "name", "owner", "taken")

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken = 0
        self.children = 0
        self.owner: weakref.ref[asyncio.Task[Any]] | None = None

    def adopt(self, task: asyncio.Task[Any] | None) -> None:
        """Remember the task that walks this lane."""
        if task is not None and self.owner is None:
            self.owner = weakref.ref(task)

    def child(self) -> Lane:
        """The lane of the next task that begins here."""
        self.children += 1
        prefix = f"{self.name}." if self.name else ""
        return Lane(f"{prefix}{self.children}")

    def next(self) -> str:
        """The next position on this lane."""
        position = self.peek()
        self.taken += 1
        return position

    def peek(self) -> str:
        """The position that ``next`` will answer."""
        place = self.taken + 1
        return f"{self.name}:{place}" if self.name else str(place)


class Execution:
    """One execution; the object is shared by all frames of it."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        workflow_id: str,
        owner: str,
        name: str,
        history: list[StepRecord],
        is_recovered: bool = False,
        deadline_ms: int | None = None,
        queue_name: str | None = None,
        user: str | None = None,
        roles: tuple[str, ...] = (),
        assumed_role: str | None = None,
        is_portable: bool = False,
    ) -> None:
        self.runtime = runtime
        self.workflow_id = workflow_id
        self.owner = owner
        self.name = name
        self.deadline_ms = deadline_ms
        self.queue_name = queue_name
        # whether others of its queue wait for its end
        self.holds_place = False
        # the event loop that it was given to, before its own task has begun
        self.given_to: asyncio.AbstractEventLoop | None = None
        # whether it has a thread of its own, with no caller who waits for its end
        self.in_background = False
        self.user = user
        self.roles = roles
        self.assumed_role = assumed_role
        # whether its result and what it publishes are plain JSON unless asked for otherwise
        self.is_portable = is_portable
        self.history = {record.position: record for record in history}
        # whether an earlier execution may have done more than the history tells
        self.is_recovered = is_recovered
        self.root = Lane("")
        # set when replay found another operation than the recorded one: nothing more is recorded
        self.blocked: DBOSException | None = None
        # set when the body has returned or raised: what its tasks and threads begin now is too late
        self.is_over = False
        self.thread: int | None = None
        # where a trace goes on: the context of the caller, and the span of this execution
        self.trace_parent: Any = None
        self.span: Any = None
        self._numbers = {record.function_id for record in history}
        self._next = 1
        self._lock = threading.Lock()
        self._lanes: weakref.WeakKeyDictionary[asyncio.Task[Any], Lane] = (
            weakref.WeakKeyDictionary()
        )
        self._cancelled = False

    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that runs it; None for a workflow that has a thread."""
        task = None if self.root.owner is None else self.root.owner()
        return self.given_to if task is None else task.get_loop()

    def lane_of_caller(self, lane: Lane) -> Lane:
        """The lane of the running task: ``lane`` itself, or its own when it was started inside."""
        if lane.owner is None:
            return lane
        try:
            task = asyncio.current_task()
        except RuntimeError:
            submitted = submission.submitted_to(self)
            return lane if submitted is None else submitted.lane
        if task is None or lane.owner() is task:
            return lane
        found = self._lanes.get(task)
        if found is None:
            found = lane.child()
            found.adopt(task)
            self._lanes[task] = found
        return found

    def number(self, width: int = 1) -> int:
        """The next number that no recorded operation has; ``width`` numbers are taken from it."""
        kept = None if self.root.owner is None else submission.submitted_to(self)
        if kept is not None and kept.number is not None and width == 1:
            number, kept.number = kept.number, None
            return number
        with self._lock:
            if width == 1:
                while self._next in self._numbers:
                    self._next += 1
                self._numbers.add(self._next)
                return self._next
            while any(self._next + extra in self._numbers for extra in range(width)):
                self._next += 1
            self._numbers.update(range(self._next, self._next + width))
            return self._next

    def keep(self, number: int) -> None:
        """Leave a number unused that a recorded operation may need for its timeout."""
        with self._lock:
            self._numbers.add(number)

    def give_back(self, number: int) -> None:
        """A number that was taken and not used; when others follow it already it stays unused."""
        with self._lock:
            if self._next == number:
                self._numbers.discard(number)

    def asked(self, name: str, position: str, recorded: StepRecord | None) -> None:
        """An operation begins. Here nothing is to be done; a replay takes note of it."""

    def decode(self, text: str | None, serialization: str | None) -> Any:
        """The value of a recorded payload; see ``serialize.decode``."""
        return serialize.decode(text, serialization)

    def admit_step(self) -> None:
        """Asked before the body of a step runs; a replay never admits one."""

    async def admit_step_async(self) -> None:
        """The same for a step that is driven by an event loop."""

    def cancel(self) -> None:
        """Let the next operation raise."""
        self._cancelled = True

    def check(self) -> None:
        """Raise when this execution must not go on."""
        if self.blocked is not None:
            raise self.blocked
        if self._cancelled:
            raise DBOSWorkflowCancelledError(self.workflow_id)
        if self.is_over:
            raise DBOSWorkflowConflictIDError(
                self.workflow_id, "is over and did not wait for one of its tasks or threads"
            )
        if self.runtime.stopping:
            raise DBOSShutdownError(f"workflow {self.workflow_id!r} ran")
