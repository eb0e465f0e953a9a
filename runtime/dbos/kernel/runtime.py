"""The launched runtime of this process: its database, identity, executions and services.

In: a configuration. Out: ``Runtime`` and ``active()``. Never decides what a workflow does; concept
modules find here what they share.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

from dbos.error import DBOSException
from dbos.kernel import context, seam
from dbos.kernel.threads import ThreadPool
from dbos.values import serialize

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from dbos.config import Settings
    from dbos.kafka import Consumers
    from dbos.kernel.execution import Execution
    from dbos.kernel.loop import Loop
    from dbos.kernel.timers import Timers
    from dbos.registry import Registry
    from dbos.system import SystemDatabase
    from dbos.transactions.datasource import Datasource


class Runtime:
    """Everything that one launch owns."""

    def __init__(
        self,
        *,
        settings: Settings,
        system: SystemDatabase,
        process_token: str,
        executor_id: str,
        application_version: str,
        registry: Registry | None,
        timers: Timers,
        loop: Loop,
    ) -> None:
        self.settings = settings
        self.system = system
        self.process_token = process_token
        self.executor_id = executor_id
        self.application_version = application_version
        self.registry = registry
        self.timers = timers
        self.loop = loop
        self.threads = ThreadPool("dbos-workflow", settings.max_executor_threads)
        self.stopping = False
        # Whether this process was forked from the one that launched it.
        self.inherited = False
        # Whether it belongs to a client, which starts workflows and runs none.
        self.is_client = False
        self.datasource: Datasource | None = None
        # those of ``SQLAlchemyDatasource``, by what was given for each
        self.further_datasources: dict[object, Datasource] = {}
        self.datasource_lock = threading.Lock()
        # what reads from Kafka, once a consumer is declared
        self.consumers: Consumers | None = None
        self.executions: dict[str, Execution] = {}
        # workflows that stopped here before their end, or were never begun, with their owner tokens
        self.left_behind: dict[str, str] = {}
        # workflows that were claimed here and could not be run: left to other processes
        self.given_up: set[str] = set()
        self.versions: dict[str, str] = (
            {entry.name: entry.version for entry in registry.workflows} if registry else {}
        )
        self._lock = threading.Lock()
        self._when_ended: list[Callable[[Execution], None]] = []

    def new_owner(self) -> str:
        """A token for one execution; it begins with the token of this process."""
        return f"{self.process_token}/{seam.count()}"

    def enter(self, execution: Execution) -> None:
        """Note that an execution runs here."""
        with self._lock:
            self.executions[execution.workflow_id] = execution

    def leave_behind(self, workflow_id: str, owner: str) -> None:
        """Note that a workflow which this process owns is run by none of its threads and tasks.

        Its caller was interrupted or its task cancelled; recovery lets it go on.
        """
        if not self.stopping:
            with self._lock:
                self.left_behind[workflow_id] = owner

    def take_left_behind(self) -> dict[str, str]:
        """The workflows that were left behind since the last call, with their owner tokens."""
        with self._lock:
            found, self.left_behind = self.left_behind, {}
        return found

    def leave(self, execution: Execution) -> None:
        """Note that an execution has ended or stopped here."""
        if self.inherited:  # whoever held a lock when this process was forked is not here
            return
        with self._lock:
            if self.executions.get(execution.workflow_id) is execution:
                del self.executions[execution.workflow_id]
        for told in self._when_ended:
            told(execution)
        self.system.wakes.notify([("ended",)])

    def tell_when_ended(self, told: Callable[[Execution], None]) -> None:
        """Call ``told`` whenever an execution of this process ends."""
        self._when_ended.append(told)

    def runs_on(self, loop: AbstractEventLoop, workflow_ids: Iterable[str]) -> bool:
        """Whether all of these workflows are run here, by this event loop."""
        found = [self.executions.get(id) for id in workflow_ids]
        return all(one is not None and one.loop() is loop for one in found)

    def interrupt(self, workflow_id: str) -> None:
        """Let a running execution notice that its workflow was cancelled."""
        with self._lock:
            execution = self.executions.get(workflow_id)
        if execution is not None:
            execution.cancel()
            self.system.wakes.notify([("workflow", workflow_id)])


_active: Runtime | None = None
# the runtime of a client, for the time of one of its calls
_borrowed: ContextVar[Runtime | None] = ContextVar("dbos_borrowed_runtime", default=None)


def activate(runtime: Runtime | None) -> None:
    """Make ``runtime`` the one that calls use, or none."""
    global _active
    _active = runtime
    serialize.open_pickles(runtime is None or runtime.settings.allow_pickle)


# What a forked child inherited: kept, so that nothing closes connections the parent still uses.
_kept: list[Runtime] = []


def _after_fork() -> None:
    """In a forked child: let go of the parent's runtime without touching it.

    Forked by a workflow or a step, the child is outside of both: what it does is not recorded.
    """
    global _active
    context.frame.set(None)
    if _active is not None:
        _active.inherited = True
        _kept.append(_active)
        _active = None


os.register_at_fork(after_in_child=_after_fork)


def active_or_none() -> Runtime | None:
    """The launched runtime, if any."""
    return _active


def active() -> Runtime:
    """The runtime of the calling code: that of its workflow, else the launched one.

    Raises ``DBOSException`` before ``DBOS.launch()``.
    """
    frame = context.frame.get()
    if frame is not None:
        return frame.execution.runtime
    borrowed = _borrowed.get()
    if borrowed is not None:
        return borrowed
    if _active is None and _kept:
        raise DBOSException(
            "This process was forked after DBOS.launch(); its threads and connections stayed with"
            " the parent. Call DBOS.launch() in the child, or start it with spawn instead of fork"
        )
    if _active is None:
        raise DBOSException("DBOS is not launched: call DBOS.launch() before running workflows")
    return _active


@contextlib.contextmanager
def using(runtime: Runtime) -> Iterator[None]:
    """Let the calls in this block use ``runtime`` instead of the launched one."""
    token = _borrowed.set(runtime)
    try:
        yield
    finally:
        _borrowed.reset(token)
