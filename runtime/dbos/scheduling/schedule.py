"""Schedules: workflows started by the clock, each tick once over all processes.

In: cron expressions on workflows, and the schedules stored in the database. Out: the ``scheduled``
decorator, and the ``Scheduler``. Never fires a tick twice: the id of the workflow is made of the
schedule's name and the tick, so whoever comes second finds it started.

A tick that no process was there for is not made up later, except those of a stored schedule with
``automatic_backfill``. A process that was suspended over several ticks fires the last one only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dbos.conformance import find_workflow
from dbos.error import (
    DBOSException,
    DBOSInitializationError,
    DBOSWorkflowFunctionNotFoundError,
)
from dbos.kernel import drive, request, runtime, seam
from dbos.kernel.context import SetWorkflowID
from dbos.kernel.drive import Protocol
from dbos.kernel.request import QueuePlace
from dbos.log import logger
from dbos.queue import INTERNAL_QUEUE
from dbos.registry import Declared, live
from dbos.scheduling.cron import Cron
from dbos.services.service import Service
from dbos.values import serialize
from dbos.workflow import insert_new

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system.schedules import StoredSchedule

P = ParamSpec("P")
R = TypeVar("R")

# How often the stored schedules are read at most, and at least, in seconds.
SHORTEST_READ_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 60.0
MOST_MISSED_TICKS = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start at the ticks of a schedule; ``stored`` is None for one on a decorator."""

    name: str
    workflow_name: str
    cron: Cron
    stored: StoredSchedule | None = None

    def arguments(self, tick: datetime, now: datetime) -> tuple[Any, ...]:
        """What the workflow is given: the tick, and the actual time or the stored context."""
        if self.stored is None:
            return (tick, now)
        return (tick, serialize.decode(self.stored.context, serialize.JSON))


def scheduled(
    cron: str, *, cron_timezone: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a workflow by the clock; it gets the scheduled and the actual time, both in UTC.

    Stands above ``@DBOS.workflow()``. ``cron`` has five fields, or six with seconds first, read in
    ``cron_timezone`` (default UTC). Raises ``DBOSException`` for an expression that is none.
    """
    parsed = Cron(cron, cron_timezone)
    parsed.check()

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        declared = getattr(function, "__dbos_workflow__", None)
        if declared is None:
            raise DBOSInitializationError(
                f"@DBOS.scheduled({cron!r}) must stand above @DBOS.workflow(), and"
                f" {getattr(function, '__qualname__', function)!r} is no workflow"
            )
        crons = live.schedules.setdefault(declared.name, [])
        if parsed not in crons:
            crons.append(parsed)
        now = runtime.active_or_none()
        if now is not None:
            now.system.wakes.notify([("service", "scheduler")])
        return function

    return decorate


def moment_of(epoch_ms: int) -> datetime:
    """A time of the database, in UTC."""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def plan_of(stored: StoredSchedule) -> Plan:
    """The plan of a stored schedule."""
    cron = Cron(stored.schedule, stored.cron_timezone)
    return Plan(stored.schedule_name, stored.workflow_name, cron, stored)


def tick_id(plan: Plan, tick: datetime) -> str:
    """The id of the workflow of one tick, the same in every process."""
    return f"sched-{plan.name}-{tick.isoformat()}"


def enqueue_tick(
    now: Runtime, plan: Plan, declared: Declared, tick: datetime, workflow_id: str
) -> Protocol[None]:
    """Enqueue the workflow of a tick under ``workflow_id``, unless it is there already."""
    stored = plan.stored
    queue_name = None if stored is None else stored.queue_name
    class_name = None if stored is None else stored.workflow_class_name
    bound = request.rebind(workflow_id, declared, class_name, None)
    with SetWorkflowID(workflow_id):
        asked = request.make(
            now,
            declared,
            (*bound, *plan.arguments(tick, moment_of(seam.now_ms()))),
            {},
            frame=None,
            place=QueuePlace(queue_name=queue_name or INTERNAL_QUEUE),
        )
    if stored is not None:
        row = replace(asked.row, schedule_name=plan.name, class_name=class_name)
        asked = replace(asked, row=row)
    yield from insert_new(asked)


class Scheduler:
    """The service that fires; ``_next`` holds the coming tick of each plan."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next: dict[tuple[str, str, Cron], datetime] = {}
        self._stored: list[Plan] = []
        self._read_at: float | None = None
        self._service = Service(
            "scheduler", runtime.system.wakes, self._fire_due, ("service", "scheduler")
        )

    def start(self) -> None:
        """Import what the registry says is scheduled, put it on record, and begin."""
        from dbos.system import schedules

        registry = self._runtime.registry
        if registry is not None:
            for schedule in registry.schedules:
                find_workflow(schedule.workflow, registry)
        for name, crons in list(live.schedules.items()):
            for cron in crons:
                self._runtime.system.save(
                    schedules.announce(
                        name,
                        cron.expression,
                        cron.zone,
                        application_name=self._runtime.settings.name,
                    )
                )
        self._service.start()

    def stop(self) -> None:
        """Fire no more."""
        self._service.stop()

    def _fire_due(self) -> float | None:
        """Fire what is due; answers the seconds until the next tick."""
        unread = self._read_stored()
        now = moment_of(seam.now_ms())
        plans = {(plan.name, plan.workflow_name, plan.cron): plan for plan in self._plans()}
        self._next = {key: tick for key, tick in self._next.items() if key in plans}
        for key, plan in plans.items():
            tick = self._next.get(key)
            if tick is None or tick <= now:
                # The coming tick first: a tick that cannot be fired is not tried for ever.
                self._next[key] = plan.cron.next_after(now)
                for due in self._due(plan, tick, now):
                    self._fire(plan, due)
        wait = min(unread, LONGEST_WAIT_SECONDS)
        if self._next:
            wait = min(wait, min(self._next.values()).timestamp() - seam.now_ms() / 1000)
        return max(0.0, wait)

    def _read_stored(self) -> float:
        """Read the stored schedules, not too often; answers when to do it again, in seconds."""
        from dbos.system import schedules

        moment = seam.monotonic()
        if self._read_at is not None and moment - self._read_at < SHORTEST_READ_SECONDS:
            return self._read_at + SHORTEST_READ_SECONDS - moment
        self._read_at = moment
        self._stored = []
        for stored in self._runtime.system.read(schedules.read_schedules()):
            if stored.status == schedules.ACTIVE:
                plan = plan_of(stored)
                try:
                    plan.cron.check()
                except DBOSException as error:
                    logger.error("Schedule %r is damaged: %s", stored.schedule_name, error)
                else:
                    self._stored.append(plan)
        return LONGEST_WAIT_SECONDS

    def _plans(self) -> Iterator[Plan]:
        for name, crons in list(live.schedules.items()):
            for cron in crons:
                yield Plan(name, name, cron)
        yield from self._stored

    def _due(self, plan: Plan, tick: datetime | None, now: datetime) -> list[datetime]:
        """The ticks to fire: the last one that has come, or all missed ones when so wished."""
        stored = plan.stored
        if stored is not None and stored.automatic_backfill and stored.last_fired_at is not None:
            last = moment_of(stored.last_fired_at)
            missed: list[datetime] = []
            for one in plan.cron.between(last, plan.cron.next_after(now)):
                missed.append(one)
                if len(missed) == MOST_MISSED_TICKS:
                    logger.warning(
                        "Schedule %r missed more than %d ticks", plan.name, MOST_MISSED_TICKS
                    )
                    break
            return missed
        return [] if tick is None else [plan.cron.last_until(now, tick)]

    def _fire(self, plan: Plan, tick: datetime) -> None:
        from dbos.system import schedules

        runtime = self._runtime
        declared = find_workflow(plan.workflow_name, runtime.registry)
        if declared is None:
            level = logger.error if plan.stored is None else logger.debug
            level("Scheduled workflow %r is not declared in this process", plan.workflow_name)
            return
        try:
            protocol = enqueue_tick(runtime, plan, declared, tick, tick_id(plan, tick))
            drive.run(protocol, runtime.system)
        except DBOSWorkflowFunctionNotFoundError as error:
            logger.error("Schedule %r cannot fire here: %s", plan.name, error)
            return
        name = plan.name
        if plan.stored is None:
            name = schedules.declared_name(name, plan.cron.expression)
        runtime.system.save(schedules.fired(name, int(tick.timestamp() * 1000)))
