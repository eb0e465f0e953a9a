"""What a test has run: the histories of its workflows, read when each of them ends.

In: a block of test code. Out: the histories of the workflows that ended in it, for replays
afterwards, also when the test has destroyed its DBOS by then. Never changes what it observes.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

from dbos.kernel.execution import Execution
from dbos.kernel.runtime import Runtime
from dbos.registry import Declared, live
from dbos.replay import assertions, stored
from dbos.replay.child import DBOSReplayError
from dbos.replay.history import History


class Observed:
    """Observes every runtime of this process while its block runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, tuple[History, Declared]] = {}
        self._unreadable: list[str] = []
        self._allow_pickle = False
        self._leave: Any = None
        # how many workflows were replayed, also when one of them differed
        self.replayed = 0

    def __enter__(self) -> Self:
        self._leave = leave = Runtime.leave
        observe = self._observe

        def leave_observed(runtime: Runtime, execution: Execution) -> None:
            try:
                observe(runtime, execution)
            finally:
                leave(runtime, execution)

        Runtime.leave = leave_observed  # type: ignore[method-assign, assignment]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        Runtime.leave = self._leave  # type: ignore[method-assign]

    def _observe(self, runtime: Runtime, execution: Execution) -> None:
        declared = live.workflows.get(execution.name)
        if declared is None or declared.function.__module__.partition(".")[0] == "dbos":
            return
        try:
            (read,) = stored.named(runtime.system, [execution.workflow_id])
        except Exception as failure:  # the test may have taken the database away
            with self._lock:
                self._unreadable.append(f"{execution.workflow_id}: {failure}")
            return
        with self._lock:
            self._allow_pickle |= runtime.settings.allow_pickle
            self._found[execution.workflow_id] = (read, declared)

    def replay(self, *, setup: str | None = None, demanded: bool) -> None:
        """Replay what was observed, after each operation.

        ``demanded``: it is an error when nothing can be replayed. Raises ``AssertionError`` when a
        workflow differs and ``DBOSReplayError`` when one cannot be replayed although demanded.
        """
        with self._lock:
            found = list(self._found.values())
            unreadable = list(self._unreadable)
        if demanded and unreadable:
            raise DBOSReplayError(f"What {unreadable[0]} has recorded could not be read")
        if not demanded:
            found = [one for one in found if "<locals>" not in one[1].function.__qualname__]
        elif not found:
            raise DBOSReplayError("The test ran no workflow to its end, so nothing was replayed")
        if found:
            program = assertions.program_of((declared for _, declared in found), setup)
            histories = [history for history, _ in found]
            self.replayed = len(found)
            assertions.check_histories(histories, program, allow_pickle=self._allow_pickle)
