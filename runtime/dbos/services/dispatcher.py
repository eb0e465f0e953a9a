"""The dispatcher: takes enqueued workflows within the limits of their queues and runs them here.

In: the declared queues, and those of the registry. Out: executions. Never polls an idle queue: it
is woken by an enqueue, a finished workflow, a limit that opens or a delay that ends.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from dbos import registered
from dbos.kernel import drive, seam
from dbos.limits import Limits, Rate
from dbos.queue import INTERNAL_QUEUE, Queue
from dbos.registry import live
from dbos.services.recovery import run_claimed
from dbos.services.service import Service

if TYPE_CHECKING:
    from dbos.kernel.execution import Execution
    from dbos.kernel.runtime import Runtime
    from dbos.system.queues import Dequeued

BATCH = 100
# Whoever enqueues wakes the queue, and `sweep` finds what a dying process could not tell.
SAFETY_SECONDS = 600.0
REGISTERED_SECONDS = 30.0


class Dispatcher:
    """One thread for all queues of the process."""

    def __init__(self, runtime: Runtime, listened: frozenset[str] | None) -> None:
        self._runtime = runtime
        self._listened = listened
        self._running: dict[str, set[str]] = {}
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
            services = list(self._services.values())
        for service in services:
            service.stop()

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
                service = Service(
                    f"queue-{name}",
                    self._runtime.system.wakes,
                    lambda name=name: self._work(name),  # type: ignore[misc]
                    ("queue", name),
                )
                self._services[name] = service
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

    def _work(self, name: str) -> float | None:
        """Take what may run now; answers how long to wait when nobody wakes the queue."""
        from dbos.system import queues

        system = self._runtime.system
        due = system.save(queues.release_delayed(name, seam.now_ms()))
        while not self._runtime.stopping:
            taken = self._take(name)
            if taken is None:
                break
            if taken.look_again_at is not None:
                due = min(due or taken.look_again_at, taken.look_again_at)
            if not taken.workflows:
                break
        waits = [SAFETY_SECONDS]
        if due is not None:
            waits.append(max(0.0, (due - seam.now_ms()) / 1000))
        return min(waits)

    def _take(self, name: str) -> Dequeued | None:
        from dbos.system import queues, steps

        runtime, limits = self._runtime, self._limits(name)
        with self._lock:
            running = len(self._running.get(name, ()))
        if limits is None:
            return None
        most = BATCH
        overall, each = limits.overall, limits.each_partition
        if overall.worker_concurrency is not None:
            most = min(most, overall.worker_concurrency - running)
        if most <= 0:
            return None
        taken = runtime.system.save(
            queues.dequeue(
                runtime.system.language,
                queues.Dequeue(
                    queue_name=name,
                    most=most,
                    overall=queues.Bounds(overall.concurrency, None, *_window(overall.rate)),
                    each=queues.Bounds(
                        each.concurrency, each.worker_concurrency, *_window(each.rate)
                    ),
                    by_partition=limits.is_partitioned,
                    owner=runtime.new_owner(),
                    executor_id=runtime.executor_id,
                    application_version=runtime.application_version,
                    workflow_versions=runtime.versions,
                    now=seam.now_ms(),
                ),
            )
        )
        with self._lock:
            place = self._running.setdefault(name, set())
            place.update(one.workflow_id for one in taken.workflows)
        again = [one.workflow_id for one in taken.workflows if one.executions > 1]
        histories = (
            runtime.system.read(steps.read_histories(runtime.system.language, again))
            if again
            else {}
        )
        for one in taken.workflows:
            run_claimed(runtime, one, histories.get(one.workflow_id, []))
            if one.workflow_id not in runtime.executions:
                self._forget(name, one.workflow_id)
        return taken

    def _forget(self, name: str, workflow_id: str) -> None:
        with self._lock:
            self._running.get(name, set()).discard(workflow_id)

    def _ended(self, execution: Execution) -> None:
        if execution.queue_name is not None:
            self._forget(execution.queue_name, execution.workflow_id)
            self._runtime.system.wakes.notify([("queue", execution.queue_name)])


def _window(rate: Rate | None) -> tuple[int | None, int | None]:
    """A rate as a number of starts and a period in milliseconds."""
    return (None, None) if rate is None else (rate.limit, int(rate.period_seconds * 1000))
