"""Schedules: workflows started by the clock, each tick once over all processes.

In: cron expressions on workflows. Out: the ``scheduled`` decorator, and the ``Scheduler``. Never
fires a tick twice: the id of the workflow is made of its name and the tick, so whoever comes
second finds it started.

A tick that no process was there for is not made up later. A process that was suspended over
several ticks fires the last one only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dbos import drive, request, runtime, seam
from dbos.conformance import find_workflow
from dbos.context import SetWorkflowID
from dbos.error import DBOSException, DBOSInitializationError
from dbos.log import logger
from dbos.queue import INTERNAL_QUEUE
from dbos.registry import live
from dbos.request import QueuePlace
from dbos.service import Service
from dbos.workflow import insert_new

if TYPE_CHECKING:
    from dbos.runtime import Runtime

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression of five fields, or six with seconds first, in a time zone."""

    expression: str
    zone: str | None = None

    def check(self) -> None:
        """Raise ``DBOSException`` for an expression or a zone that does not exist."""
        from croniter import croniter

        if not isinstance(self.expression, str) or not croniter.is_valid(
            self.expression, second_at_beginning=True
        ):
            raise DBOSException(
                f"{self.expression!r} is no cron expression: five fields (minute, hour, day of"
                " month, month, day of week), or six with seconds first"
            )
        try:
            self._zone()
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise DBOSException(f"{self.zone!r} is no time zone, such as 'Europe/Paris'") from None

    def _zone(self) -> tzinfo:
        return UTC if self.zone is None else ZoneInfo(self.zone)

    def next_after(self, moment: datetime) -> datetime:
        """The first tick after ``moment``, in UTC."""
        from croniter import croniter

        local = moment.astimezone(self._zone())
        ticks = croniter(self.expression, local, second_at_beginning=True)
        found: datetime = ticks.get_next(datetime)
        return found.astimezone(UTC)

    def last_until(self, moment: datetime, first: datetime) -> datetime:
        """The last tick from ``first`` to ``moment``."""
        tick = first
        while (following := self.next_after(tick)) <= moment:
            tick = following
        return tick


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


class Scheduler:
    """The service that fires; ``next`` holds the coming tick of each schedule."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next: dict[tuple[str, Cron], datetime] = {}
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
                self._runtime.system.save(schedules.announce(name, cron.expression, cron.zone))
        self._service.start()

    def stop(self) -> None:
        """Fire no more."""
        self._service.stop()

    def _fire_due(self) -> float | None:
        """Fire what is due; answers the seconds until the next tick."""
        now = datetime.fromtimestamp(seam.now_ms() / 1000, UTC)
        for name, crons in list(live.schedules.items()):
            for cron in crons:
                key = (name, cron)
                tick = self._next.get(key)
                if tick is not None and tick <= now:
                    self._fire(name, cron, cron.last_until(now, tick), now)
                if tick is None or tick <= now:
                    self._next[key] = cron.next_after(now)
        if not self._next:
            return None
        wait = min(self._next.values()).timestamp() - seam.now_ms() / 1000
        return max(0.0, min(wait, 60.0))

    def _fire(self, name: str, cron: Cron, tick: datetime, now: datetime) -> None:
        from dbos.system import schedules

        runtime = self._runtime
        declared = find_workflow(name, runtime.registry)
        if declared is None:
            logger.error("Scheduled workflow %r is not declared any more", name)
            return
        with SetWorkflowID(f"sched-{name}-{tick.isoformat()}"):
            asked = request.make(
                runtime,
                declared,
                (tick, now),
                {},
                frame=None,
                place=QueuePlace(queue_name=INTERNAL_QUEUE),
            )
        drive.run(insert_new(asked), runtime.system)
        runtime.system.save(schedules.fired(name, cron.expression, int(tick.timestamp() * 1000)))
