"""The dispatcher: takes enqueued workflows within the limits of their queues and runs them here.

In: the declared queues, and those of the registry. Out: executions. Never polls an idle queue: it
is woken by an enqueue, a finished workflow, a limit that opens or a delay that ends.

A look is one transaction of two statements, whatever the limits, and takes a whole batch. A batch
that is not full tells that the queue is empty, so nothing is asked again; the end of a workflow
wakes its queue only where a limit held something back; delays are asked for only when one was
written or has ended. The records of all workflows of a batch that ran before are read in one
query, ahead of their execution.
"""

from __future__ import annotations

import functools
import importlib
import random
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbos import registered
from dbos.kernel import drive, seam
from dbos.limits import Limits, Rate
from dbos.queue import INTERNAL_QUEUE, Queue
from dbos.registry import live
from dbos.services import claims
from dbos.services.service import Service, stop_all

if TYPE_CHECKING:
    from dbos.kernel.execution import Execution
    from dbos.kernel.runtime import Runtime
    from dbos.kernel.wakes import Subscription
    from dbos.system.queues import Dequeue, Dequeued

BATCH = 100
# Whoever enqueues wakes the queue, and `sweep` finds what a dying process could not tell.
SAFETY_SECONDS = 600.0
REGISTERED_SECONDS = 30.0
# While another process takes from a queue, a look is repeated after so long, then after twice as
# long, and so on. Each pause is a little longer or shorter, or several would look in step.
FIRST_BUSY_SECONDS = 0.002
LONGEST_BUSY_SECONDS = 0.064
# Its own, so that neither a program that seeds `random` changes it, nor it the program.
_chance = random.Random()


@dataclass(slots=True, eq=False)
class _Line:
    """One queue as it stands in this process."""

    name: str
    # told when somebody delays work of this queue
    delays: Subscription
    next_delay_ms: int | None = None
    running: set[str] = field(default_factory=set)
    # whether more may start when one of ``running`` ends
    is_held_back: bool = True
    busy_seconds: float = FIRST_BUSY_SECONDS

    def pause_seconds(self, *, is_busy: bool) -> float:
        """How long to wait after a look, for a process that takes from the queue to be done."""
        if not is_busy:
            self.busy_seconds = FIRST_BUSY_SECONDS
            return SAFETY_SECONDS
        seconds = self.busy_seconds
        self.busy_seconds = min(2 * seconds, LONGEST_BUSY_SECONDS)
        return seconds * _chance.uniform(0.5, 1.5)


class Dispatcher:
    """One thread for each queue of the process, and one that looks for new queues."""

    def __init__(self, runtime: Runtime, listened: frozenset[str] | None) -> None:
        self._runtime = runtime
        self._listened = listened
        self._lines: dict[str, _Line] = {}
        # Queues of the registry whose module nothing has imported yet.
        self._built: dict[str, Queue] = {}
        self._lock = threading.Lock()
        self._services: dict[str, Service] = {}
        self._root = Service("dispatcher", runtime.system.wakes, self._watch)
        runtime.tell_when_ended(self._ended)

    def start(self) -> None:
        """Start working on the declared queues and on those declared later.

        A queue of the registry is served from its options there; where these are no literals, its
        module is imported.
        """
        registry = self._runtime.registry
        for entry in registry.queues if registry is not None else ():
            if entry.name in live.queues or not self._is_wanted(entry.name):
                continue
            if entry.options is None:
                importlib.import_module(entry.module)
            else:
                self._built[entry.name] = Queue.built(entry.name, entry.options)
        self._root.start()

    def stop(self) -> None:
        """Take no more work."""
        self._root.stop()
        with self._lock:
            services, lines = list(self._services.values()), list(self._lines.values())
        stop_all(services)
        for line in lines:
            line.delays.close()

    def _watch(self) -> float | None:
        """Begin to work on queues that were declared or registered since the last call."""
        self._follow(drive.run(registered.listed(), self._runtime.system))
        wanted = {INTERNAL_QUEUE: Limits()}
        for name, queue in {**self._built, **live.queues}.items():
            if isinstance(queue, Queue) and self._is_wanted(name):
                wanted[name] = queue.limits
        for name in wanted:
            with self._lock:
                if name in self._services:
                    continue
                wakes = self._runtime.system.wakes
                line = _Line(name, wakes.subscribe(("delayed", name)))
                line.delays.mark()
                work = functools.partial(self._work, line)
                service = Service(f"queue-{name}", wakes, work, ("queue", name))
                self._lines[name], self._services[name] = line, service
            service.start()
        return REGISTERED_SECONDS

    def _follow(self, found: list[Queue]) -> None:
        """Take over what the database says about registered queues."""
        changed = []
        for queue in found:
            known = live.queues.setdefault(queue.name, queue)
            if not isinstance(known, Queue) or not known.is_registered:
                continue
            if known is not queue and known.limits == queue.limits:
                continue
            known.limits = queue.limits
            changed.append(("queue", queue.name))
        self._runtime.system.wakes.notify(changed)
        names = {queue.name for queue in found}
        for name, known in list(live.queues.items()):
            if isinstance(known, Queue) and known.is_registered and name not in names:
                del live.queues[name]

    def _is_wanted(self, name: str) -> bool:
        return self._listened is None or name in self._listened

    def _limits(self, name: str) -> Limits | None:
        """The limits of a queue; None for one that was deleted while it was served."""
        if name == INTERNAL_QUEUE:
            return Limits()
        queue = live.queues.get(name, self._built.get(name))
        return queue.limits if isinstance(queue, Queue) else None

    def _work(self, line: _Line) -> float | None:
        """Take what may run now; answers how long to wait when nobody wakes the queue."""
        waits = []
        looks = [self._release(line)]
        while not self._runtime.stopping:
            # Until the answer is there: what it allows to start may have ended before.
            line.is_held_back = True
            asked = self._asked(line)
            if asked is None:
                break
            taken = self._take(line, asked)
            waits.append(line.pause_seconds(is_busy=taken.is_busy))
            if len(taken.workflows) < asked.most:
                looks.append(taken.look_again_at)
                line.is_held_back = taken.is_held_back
                break
        now = seam.now_ms()
        waits += [max(0.0, (due - now) / 1000) for due in looks if due is not None]
        return min(waits, default=SAFETY_SECONDS)

    def _release(self, line: _Line) -> int | None:
        """Enqueue what was delayed until now; answers when the next delay ends (epoch ms)."""
        from dbos.system import delays

        now = seam.now_ms()
        is_due = line.next_delay_ms is not None and line.next_delay_ms <= now
        if line.delays.wait(seam.monotonic()) or is_due:
            try:
                line.next_delay_ms = self._runtime.system.save(
                    delays.release_delayed(line.name, now)
                )
            except BaseException:
                line.delays.mark()
                raise
        return line.next_delay_ms

    def _asked(self, line: _Line) -> Dequeue | None:
        """What to ask of the queue; None while nothing may start here."""
        from dbos.system import queues

        runtime, limits = self._runtime, self._limits(line.name)
        if limits is None:
            return None
        most = BATCH
        overall, each = limits.overall, limits.each_partition
        if overall.worker_concurrency is not None:
            most = min(most, overall.worker_concurrency - len(line.running))
        if most <= 0:
            return None
        return queues.Dequeue(
            queue_name=line.name,
            most=most,
            overall=queues.Bounds(overall.concurrency, None, *_window(overall.rate)),
            each=queues.Bounds(each.concurrency, each.worker_concurrency, *_window(each.rate)),
            by_partition=limits.is_partitioned,
            owner=runtime.new_owner(),
            executor_id=runtime.executor_id,
            application_version=runtime.application_version,
            workflow_versions=runtime.versions,
        )

    def _take(self, line: _Line, asked: Dequeue) -> Dequeued:
        """Take a batch and begin to run it."""
        from dbos.system import queues

        runtime = self._runtime
        spoken = runtime.system.language
        taken = runtime.system.save(queues.dequeue(spoken, asked))
        line.running.update(one.workflow_id for one in taken.workflows)
        new = {one.workflow_id for one in taken.workflows if one.executions == 1}
        try:
            claims.run_all(runtime, taken.workflows, new=new, holds_place=taken.is_held_back)
        finally:
            for one in taken.workflows:
                if one.workflow_id not in runtime.executions:
                    line.running.discard(one.workflow_id)
        return taken

    def _ended(self, execution: Execution) -> None:
        line = self._lines.get(execution.queue_name or "")
        if line is not None:
            line.running.discard(execution.workflow_id)
            if line.is_held_back:
                self._runtime.system.wakes.notify([("queue", line.name)])


def _window(rate: Rate | None) -> tuple[int | None, int | None]:
    """A rate as a number of starts and a period in milliseconds."""
    return (None, None) if rate is None else (rate.limit, int(rate.period_seconds * 1000))
