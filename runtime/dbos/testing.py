"""Helpers for tests of programs: recover now, change identity, skip time, crash at the n-th commit.

In: a launched (or, for the seam, any) runtime. Out: its reaction. Never used by the runtime itself.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dbos.app import DBOS
from dbos.error import DBOSException
from dbos.handle import WorkflowHandle
from dbos.kernel import runtime, seam
from dbos.kernel.seam import Seam
from dbos.registry import live

__all__ = [
    "CountingSeam",
    "SimulatedCrash",
    "SkippingSeam",
    "counting",
    "fail_write",
    "recover_pending_workflows",
    "set_app_version",
    "set_executor_id",
    "skipping_time",
]


def recover_pending_workflows(
    executor_ids: Sequence[str] | None = None,
) -> list[WorkflowHandle[Any]]:
    """Recover what these executors (by default this one) left pending; handles of what goes on.

    Work that runs in a living process, this one included, is left alone.
    """
    application = DBOS.running()
    ids = [application.runtime.executor_id] if executor_ids is None else list(executor_ids)
    recovered = application.recover(ids)
    return [WorkflowHandle(workflow_id, application.runtime) for workflow_id in recovered]


def set_app_version(version: str) -> None:
    """Go on as if the program had this application version; queues look for its work at once."""
    now = runtime.active()
    now.application_version = version
    now.system.wakes.notify([("queue", name) for name in live.queues])


def set_executor_id(executor_id: str) -> None:
    """Go on as if the process had this executor id."""
    runtime.active().executor_id = executor_id


class SimulatedCrash(BaseException):
    """The process "died" here: every later write of this runtime raises it again."""


class CountingSeam(Seam):
    """Counts statements and commits."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[str] = []
        self.commits: list[tuple[str, ...]] = []

    def executed(self, sql: str) -> None:
        """Count a statement."""
        self.statements.append(sql)

    def after_commit(self, writes: Sequence[str]) -> None:
        """Note a commit, or die after it."""
        self.commits.append(tuple(writes))


class CrashingSeam(Seam):
    """Fails the n-th commit that matters, and everything after it.

    Heartbeats and other writes of services do not count: which of them comes when is chance.
    """

    def __init__(self, number: int, when: Literal["before", "after"]) -> None:
        super().__init__()
        self.crashed = threading.Event()
        self.commits = 0
        self._number = number
        self._when = when

    def _dies(self, writes: Sequence[str], when: str) -> bool:
        if self.crashed.is_set():
            return True
        if all(write.startswith(_SERVICES) for write in writes) or when != self._when:
            return False
        self.commits += 1
        if self.commits == self._number:
            self.crashed.set()
            return True
        return False

    def before_commit(self, writes: Sequence[str]) -> None:
        """Die before a commit, when it is the one."""
        if self._dies(writes, "before"):
            raise SimulatedCrash(f"before a commit of: {', '.join(writes)}")

    def after_commit(self, writes: Sequence[str]) -> None:
        """Note a commit, or die after it."""
        if self._dies(writes, "after"):
            raise SimulatedCrash(f"after a commit of: {', '.join(writes)}")


_SERVICES = ("send a heartbeat", "remove an executor", "dequeue from", "release delayed")


class SkippingSeam(Seam):
    """A clock that can be moved forward; whoever waits notices at once."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0.0

    def now_ms(self) -> int:
        """The wall clock, moved forward by what was skipped."""
        return super().now_ms() + int(self._skipped * 1000)

    def monotonic(self) -> float:
        """The monotonic clock, moved forward by what was skipped."""
        return super().monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let so much time pass now."""
        if seconds < 0:
            raise DBOSException("Time only goes forward")
        self._skipped += seconds
        now = runtime.active_or_none()
        if now is not None:
            now.system.wakes.notify_everyone()


@contextlib.contextmanager
def _installed(replacement: Seam) -> Iterator[None]:
    former, seam.current = seam.current, replacement
    try:
        yield
    finally:
        seam.current = former


@contextlib.contextmanager
def counting() -> Iterator[CountingSeam]:
    """Count the statements and commits of a block."""
    counter = CountingSeam()
    with _installed(counter):
        yield counter


@contextlib.contextmanager
def skipping_time() -> Iterator[SkippingSeam]:
    """Give a block a clock with ``skip(seconds)``."""
    clock = SkippingSeam()
    with _installed(clock):
        yield clock


@contextlib.contextmanager
def fail_write(number: int, when: Literal["before", "after"] = "before") -> Iterator[CrashingSeam]:
    """Let the process "die" at its n-th commit in a block; ``crashed`` tells whether it did.

    After the block, ``DBOS.destroy()`` and a new launch recover as after a real crash.
    """
    crash = CrashingSeam(number, when)
    with _installed(crash):
        yield crash
