"""The replayer: recovery with a wall around it.

In: histories, in a process in which the workflows' modules are imported. Out: one ``Verdict`` for
each. Never runs a step, never reads or writes a database, never lets the workflow touch files,
network, processes or the real clock, and never loads a pickle unless that is allowed.

The code runs on the runtime's own drivers with a ``RecordedExecution``; so positions, lanes, names
and argument digests are found and compared exactly as in a real recovery.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Iterator
from typing import Any, cast

from dbos.config import settings
from dbos.conformance import find_workflow
from dbos.error import DBOSWorkflowFunctionNotFoundError
from dbos.kernel import context, drive, runtime, seam
from dbos.kernel.context import Frame
from dbos.kernel.drive import Call, Outcome, Protocol
from dbos.kernel.loop import Loop
from dbos.kernel.request import rebind
from dbos.kernel.runtime import Runtime
from dbos.kernel.timers import Timers
from dbos.registry import Declared, Registry
from dbos.replay import clock, places, redaction, wall, watchdog
from dbos.replay.history import History
from dbos.replay.judgement import Ended, judge, refused
from dbos.replay.quiet_loop import QuietLoop, QuietPolicy
from dbos.replay.record_only import (
    GuardedFrame,
    NoDatabase,
    NoDatasource,
    RecordedExecution,
    RecordEnded,
    Undecodable,
)
from dbos.replay.redaction import REDACTED, RedactedValueNeeded
from dbos.replay.verdict import Verdict
from dbos.replay.wall import DBOSReplayRefused
from dbos.values import portable

# Later than any recorded time, so that recorded waits are over.
END_OF_TIME_MS = 1 << 60
DEFAULT_PATIENCE_SECONDS = 10.0


class _LateSeam(seam.Seam):
    """The runtime's own clock during a replay: whatever was waited for has come."""

    def now_ms(self) -> int:
        """A time after every recorded one."""
        return END_OF_TIME_MS

    def monotonic(self) -> float:
        """The same in seconds."""
        return END_OF_TIME_MS / 1000


class Replayer:
    """Replays histories, one after the other.

    ``patience_seconds`` bounds the time that one workflow may compute without an end;
    ``clock_shift_seconds`` moves the clock that workflows see away from the recorded start.
    """

    def __init__(
        self,
        registry: Registry | None = None,
        *,
        allow_pickle: bool = False,
        patience_seconds: float = DEFAULT_PATIENCE_SECONDS,
        clock_shift_seconds: float = 0.0,
    ) -> None:
        self._allow_pickle = allow_pickle
        self._patience_seconds = patience_seconds
        self._shift_ms = int(clock_shift_seconds * 1000)
        system: Any = NoDatabase()
        self._runtime = Runtime(
            # Values are only ever encoded here, to be compared: that may use pickle.
            settings=settings({"name": "replay", "allow_pickle": True}, {}),
            system=system,
            process_token="replay",
            executor_id="replay",
            application_version="",
            registry=registry,
            timers=Timers(system.wakes),
            loop=Loop(),
        )
        self._runtime.datasource = cast("Any", NoDatasource())
        clock.install()

    def replay(self, history: History) -> Verdict:
        """Run the code of one workflow against its record."""
        self._runtime.application_version = history.application_version or ""
        try:
            declared = find_workflow(history.name, self._runtime.registry)
        except Exception as error:  # importing a module of the user may raise anything
            return refused(history, "unknown-function", f"its module cannot be imported: {error}")
        if declared is None:
            reason = f"no workflow {history.name!r} is in the program"
            return refused(history, "unknown-function", reason)
        try:
            execution = self._execution(history)
            bound = rebind(history.workflow_id, declared, history.class_name, history.config_name)
            with wall.up():
                inputs = self._inputs(execution, history)
        except DBOSWorkflowFunctionNotFoundError as error:
            return refused(history, "unknown-function", str(error))
        except (DBOSReplayRefused, Undecodable, ValueError, TypeError, KeyError) as error:
            return refused(history, "undecodable", f"what it was started with: {error}")
        if inputs is None:
            reason = "its inputs are redacted, and nothing tells how many there were"
            return refused(history, "undecided", reason)
        args, kwargs = (*bound, *inputs[0]), inputs[1]
        started_at = history.started_at or history.created_at
        ended = self._run(execution, declared, args, kwargs, started_at)
        return judge(history, execution, ended)

    def _execution(self, history: History) -> RecordedExecution:
        roles = json.loads(history.authenticated_roles) if history.authenticated_roles else ()
        return RecordedExecution(
            allow_pickle=self._allow_pickle,
            runtime=self._runtime,
            workflow_id=history.workflow_id,
            owner="replay",
            name=history.name,
            history=list(history.operations),
            is_recovered=True,
            deadline_ms=history.deadline,
            queue_name=history.queue_name,
            user=history.authenticated_user,
            roles=tuple(roles),
            assumed_role=history.assumed_role,
            is_portable=history.serialization == portable.NAME,
        )

    def _inputs(
        self, execution: RecordedExecution, history: History
    ) -> tuple[list[Any], dict[str, Any]] | None:
        """The arguments; None when they are redacted and cannot even be counted."""
        if history.serialization == REDACTED:
            found = redaction.arguments(history.inputs)
            if found is None:
                return None
        else:
            found = execution.decode(history.inputs, history.serialization)
            if history.serialization == portable.NAME:
                found = portable.inputs_of(found)
        return list(found["args"]), dict(found["kwargs"])

    def _run(
        self,
        execution: RecordedExecution,
        declared: Declared,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        started_at: int | None,
    ) -> Ended:
        ended = Ended()
        moment = (started_at or 0) + self._shift_ms
        life = _life(execution, declared, args, kwargs)
        with self._surroundings(execution, moment) as (standing, seen):
            try:
                with watchdog.patience(self._patience_seconds, f"workflow {execution.workflow_id}"):
                    if declared.is_async:
                        ended.outcome = _on_a_loop(life, execution)
                    else:
                        ended.outcome = drive.run(life, self._runtime.system)
            except RecordEnded:
                ended.reached_end = True
            except watchdog.OutOfPatience as error:
                ended.is_stuck, ended.stuck_at = True, places.of_error(error)
            except (DBOSReplayRefused, RedactedValueNeeded, Undecodable):
                pass  # the wall and the execution remember it
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                ended.unwound = error
            finally:
                execution.over = True
            ended.refusal, ended.needs = standing.first, standing.needs
            ended.notes = tuple(seen.reads)
        return ended

    @contextlib.contextmanager
    def _surroundings(
        self, execution: RecordedExecution, moment_ms: int
    ) -> Iterator[tuple[wall.Wall, clock.Clock]]:
        """Everything that is replaced while a workflow runs, and put back afterwards."""
        former, frame = seam.current, context.frame
        policy = asyncio.get_event_loop_policy()
        state = random.getstate()
        runtime.activate(self._runtime)
        asyncio.set_event_loop_policy(QuietPolicy(execution.is_used_up))
        seam.current = _LateSeam()
        context.frame = GuardedFrame(frame)  # type: ignore[assignment]
        try:
            with clock.standing_at(moment_ms) as seen, wall.up() as standing:
                yield standing, seen
        finally:
            seam.current, context.frame = former, frame
            asyncio.set_event_loop_policy(policy)
            runtime.activate(None)
            random.setstate(state)


def _life(
    execution: RecordedExecution,
    declared: Declared,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Protocol[Outcome]:
    """The body alone: what lies around it in a real execution is about the database."""
    frame = Frame(execution, execution.root)
    outcome: Outcome = yield Call(declared.function, args, kwargs, frame)
    return outcome


def _on_a_loop(life: Protocol[Outcome], execution: RecordedExecution) -> Outcome:
    """Run a coroutine workflow until it ends and its tasks can go no further."""
    loop = QuietLoop(execution.is_used_up)
    try:
        main = loop.create_task(drive.run_async(life, execution.runtime.system))
        outcome = loop.run_until_complete(main)
        loop.is_done = lambda: not execution.unasked()
        with contextlib.suppress(RecordEnded):
            # Tasks that nobody awaits had time to go on when the workflow first ran.
            loop.run_until_complete(loop.create_future())
        return outcome
    finally:
        execution.over = True
        loop.finish()
