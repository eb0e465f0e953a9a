"""The driver: asks for work of every kind and notes what was promised.

In: a client of the database, the crew and a seed. Out: lines of kind "promised" in the ledger, each
written after the call that promises it has returned, and `Asked` for what takes more than a line to
say. It never waits for a result, so what it asks for piles up when the crew is in trouble.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from dbos import DBOSClient, EnqueueOptions, SetWorkflowID
from dbos.error import DBOSException, DBOSQueueDeduplicatedError
from endurance import plans
from endurance.crew import Crew, Gone, Worker
from endurance.ledger import Ledger

NEWEST = 40
ERRANDS = ("errand", "errand_later")


@dataclass(slots=True)
class Asked:
    """What was asked for, in memory: plans and queues by id, and what was done to which."""

    plans: dict[str, plans.Plan] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    priorities: dict[str, int] = field(default_factory=dict)
    # When an enqueue had returned, by the clock of the database's rows (epoch milliseconds).
    waiting_since_ms: dict[str, int] = field(default_factory=dict)
    forks: dict[str, str] = field(default_factory=dict)
    collectors: dict[str, int] = field(default_factory=dict)
    letters: dict[str, list[list[Any]]] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)
    # Ids that were given to somebody who died before the answer: started or not.
    doubtful: set[str] = field(default_factory=set)


class Driver:
    """One thread that asks; `step` does one thing by chance."""

    def __init__(self, client: DBOSClient, crew: Crew, ledger: Ledger, random: Random) -> None:
        self.asked = Asked()
        self.failures: list[str] = []
        self._client = client
        self._crew = crew
        self._ledger = ledger
        self._random = random
        self._numbers = itertools.count(1)
        self._choices: list[tuple[Callable[[], None], int]] = [
            (self._start, 8),
            (self._enqueue, 8),
            (self._enqueue_short, 16),
            (self._correspond, 3),
            (self._write_from_outside, 3),
            (self._count, 2),
            (self._look, 3),
            (self._settle, 4),
            (self._deduplicate, 2),
            (self._cancel, 3),
            (self._resume, 2),
            (self._fork, 2),
            (self._delete, 1),
        ]

    def step(self) -> None:
        """Ask for one thing."""
        actions, weights = zip(*self._choices, strict=True)
        action: Callable[[], None] = self._random.choices(actions, weights)[0]
        try:
            action()
        except Gone:
            pass
        except DBOSException as error:
            self.failures.append(f"{action.__name__}: {type(error).__name__}: {error}")

    def _new_id(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers)}"

    def _promise(self, workflow_id: str, what: str = "run", value: Any = None) -> None:
        self._ledger.note("promised", workflow_id, value=[what, value])

    def _any_worker(self) -> Worker | None:
        workers = [one for one in self._crew.members() if one.is_alive and not one.is_frozen]
        return self._random.choice(workers) if workers else None

    def _known(self) -> list[str]:
        return list(self.asked.plans)[-NEWEST:]

    def _begin(self, kind: str, plan: plans.Plan) -> str | None:
        """Start a workflow in some worker; its id when that was promised."""
        workflow_id, worker = self._new_id(kind), self._any_worker()
        if worker is None:
            return None
        try:
            worker.ask("start", workflow_id, self._random.choice(ERRANDS), plan)
        except Gone:
            self.asked.doubtful.add(workflow_id)
            return None
        self.asked.plans[workflow_id] = plan
        self._promise(workflow_id)
        return workflow_id

    def _put(self, kind: str, queue: str, plan: plans.Plan, **options: Any) -> str:
        workflow_id = self._new_id(kind)
        asked: EnqueueOptions = {
            "workflow_name": self._random.choice(ERRANDS),
            "queue_name": queue,
            "workflow_id": workflow_id,
        }
        asked.update(options)  # type: ignore[typeddict-item]
        self._client.enqueue(asked, plan)
        self.asked.plans[workflow_id] = plan
        self.asked.queues[workflow_id] = queue
        self.asked.waiting_since_ms[workflow_id] = time.time_ns() // 1_000_000
        self._promise(workflow_id, "run", queue)
        return workflow_id

    def _start(self) -> None:
        self._begin("started", plans.errand(self._random, self._known()))

    def _enqueue(self) -> None:
        delayed = {"delay_seconds": 0.5} if self._random.random() < 0.2 else {}
        self._put("queued", "plain", plans.errand(self._random, self._known()), **delayed)

    def _enqueue_short(self) -> None:
        """Several at once on a queue with limits."""
        queue = self._random.choice([one for one in plans.QUEUES if one != "plain"])
        for _ in range(self._random.randint(1, 4)):
            plan = plans.short(self._random)
            if queue == "keyed":
                key = self._random.choice(plans.KEYS)
                workflow_id = self._put("keyed", queue, plan, queue_partition_key=key)
                self.asked.keys[workflow_id] = key
            elif queue == "ranked":
                priority = self._random.randint(1, 3)
                workflow_id = self._put("ranked", queue, plan, priority=priority)
                self.asked.priorities[workflow_id] = priority
            else:
                self._put(queue, queue, plan)

    def _correspond(self) -> None:
        """One workflow that collects the letters of others, each in another process."""
        counts = [self._random.randint(1, 5) for _ in range(self._random.randint(1, 3))]
        collector = self._begin("collector", plans.collecting(sum(counts)))
        if collector is None:
            return
        self.asked.collectors[collector] = sum(counts)
        for count in counts:
            self._put("writer", "plain", plans.writing(self._random, collector, count))

    def _write_from_outside(self) -> None:
        """The same letter twice under one key: it arrives once."""
        if not self.asked.collectors:
            return
        to = self._random.choice(list(self.asked.collectors)[-3:])
        letter = [self._new_id("outside"), 0]
        for _ in range(2):
            with SetWorkflowID(f"key-{letter[0]}"):
                self._client.send(to, letter, "letters")
        self.asked.letters.setdefault(to, []).append(letter)

    def _count(self) -> None:
        self._begin("counter", plans.counting(self._random, 6))

    def _look(self) -> None:
        """What counters have published so far may only grow."""
        counters = [one for one in self.asked.plans if one.startswith("counter")][-5:]
        for workflow_id in counters:
            value = self._client.get_event(workflow_id, "count", timeout_seconds=0)
            self._ledger.note("looked", workflow_id, value=value)

    def _settle(self) -> None:
        worker, key = self._any_worker(), self._random.choice(plans.KEYS)
        for _ in range(self._random.randint(1, 3)):
            if worker is None:
                return
            number = next(self._numbers)
            worker.ask("settle", key, number)
            self.asked.settled[key] = number

    def _deduplicate(self) -> None:
        for _ in range(2):
            try:
                self._put("single", "single", plans.short(self._random), deduplication_id="one")
            except DBOSQueueDeduplicatedError:
                continue

    def _cancel(self) -> None:
        known = [one for one in self._known() if not one.startswith(("collector", "writer"))]
        if not known:
            return
        workflow_id = self._random.choice(known)
        self._client.cancel_workflow(workflow_id)
        status = self._client.get_workflow_status(workflow_id)
        if status is not None and status.status == "CANCELLED":
            self._promise(workflow_id, "cancel")

    def _resume(self) -> None:
        cancelled = self._client.list_workflows(status="CANCELLED", limit=20)
        if cancelled:
            workflow_id = self._random.choice(cancelled).workflow_id
            self._ledger.note("promised", workflow_id, value=["resuming", None])
            self._client.resume_workflow(workflow_id)
            self._promise(workflow_id, "resume")

    def _fork(self) -> None:
        ended = self._client.list_workflows(status="SUCCESS", limit=30, sort_desc=True)
        # Nobody writes to the copy of a collector, which would only wait.
        known = self.asked.plans.keys() - self.asked.collectors.keys()
        ended = [one for one in ended if one.workflow_id in known]
        if not ended:
            return
        origin = self._random.choice(ended).workflow_id
        fork = self._new_id("fork")
        steps = len(self._client.list_workflow_steps(origin))
        with SetWorkflowID(fork):
            self._client.fork_workflow(origin, self._random.randint(1, steps + 1))
        self.asked.forks[fork] = origin
        self.asked.plans[fork] = self.asked.plans.get(origin, [])
        self._promise(fork)

    def _delete(self) -> None:
        ended = self._client.list_workflows(status=["SUCCESS", "CANCELLED"], limit=30)
        mine = [one for one in ended if one.workflow_id.startswith(("single", "ranked", "counter"))]
        if mine:
            workflow_id = self._random.choice(mine).workflow_id
            self._ledger.note("promised", workflow_id, value=["deleting", None])
            self._client.delete_workflow(workflow_id)
            self._promise(workflow_id, "delete")
