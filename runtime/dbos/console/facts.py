"""What the console knows: one question to the system database for each part of a page.

In: an opened system database. Out: frozen values, payloads decoded only as far as that is safe.
Never changes anything, never loads a pickle or looks up a stored class, and never waits for a
database that is away: the driver's error is passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dbos.error import DBOSException, DBOSNonExistentWorkflowError
from dbos.kernel import seam
from dbos.scheduling.cron import Cron
from dbos.services import liveness
from dbos.status import WorkflowStatus, from_row, shown

if TYPE_CHECKING:
    from dbos.system import SystemDatabase
    from dbos.system.in_flight import Group
    from dbos.system.inspection import Brief, Choice, Process
    from dbos.system.schedules import StoredSchedule

PAGE_ROWS = 50
PAGE_STEPS = 200
MOST_RELATED = 100
LEASE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Executor:
    """One launched process, and whether it counts as alive."""

    process: Process
    alive: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The application at a glance; ``statuses`` are those of the ``counted`` newest at most."""

    statuses: dict[str, int]
    counted: int
    stranded: list[Group]
    queues: list[dict[str, Any]]
    executors: list[Executor]


@dataclass(frozen=True, slots=True)
class WorkflowPage:
    """One page of workflows; ``next_before`` is the key of the next one."""

    workflows: list[Brief]
    next_before: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded operation, decoded for people. Times in epoch milliseconds."""

    number: int
    name: str
    position: str | None
    output: Any
    error: Any
    failed: bool
    child_workflow_id: str | None
    started_at: int | None
    completed_at: int | None


@dataclass(frozen=True, slots=True)
class StepPage:
    """Operations of one workflow; ``next_after`` is the number to go on behind."""

    steps: list[Step]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that waits to be received."""

    topic: str | None
    message: Any
    created_at: int | None


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """A stream: how many values it has and the last one."""

    key: str
    values: int
    last: Any


@dataclass(frozen=True, slots=True)
class Run:
    """One workflow with everything that belongs to it, its steps aside."""

    status: WorkflowStatus
    children: list[Brief]
    events: dict[str, Any]
    messages: list[Message]
    streams: list[StreamEnd]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule and its next tick in epoch milliseconds, None when it does not fire."""

    stored: StoredSchedule
    next_tick_at: int | None


class Facts:
    """Answers about one system database. Remembers heartbeats, so that a standstill shows."""

    def __init__(self, system: SystemDatabase) -> None:
        self._system = system
        self._judge = liveness.Judge(LEASE_SECONDS)

    def database(self) -> str:
        """The database for people, without its password."""
        return self._system.describe()

    def database_argument(self) -> str:
        """The database as an argument of a command; a password never is one."""
        if self._system.language.url.password:
            return '"$DBOS_SYSTEM_DATABASE_URL"'
        return self._system.describe()

    def executors(self) -> list[Executor]:
        """All processes on record, those that live first."""
        from dbos.system import executors, inspection

        alive = self._judge.alive(self._read(executors.read_executors()))
        found = [
            Executor(one, one.process_token in alive)
            for one in self._read(inspection.read_processes())
        ]
        return sorted(found, key=lambda one: not one.alive)

    def overview(self) -> Overview:
        """Counts, stranded work, queues and processes."""
        from dbos.system import in_flight, inspection

        executors = self.executors()
        living = [one.process for one in executors if one.alive]
        served = {one.application_version or "" for one in living}
        stranded = in_flight.read_unserved(
            self._system.language,
            alive=[one.process_token for one in living],
            dead=[one.process.process_token for one in executors if not one.alive],
            served=sorted(served),
        )
        statuses = self._read(inspection.read_statuses())
        return Overview(
            statuses, inspection.COUNTED, self._read(stranded), self.queues(), executors
        )

    def workflows(
        self, asked: Choice, before: tuple[int, str] | None, most: int = PAGE_ROWS
    ) -> WorkflowPage:
        """The next workflows behind a key, the newest first."""
        from dbos.system import inspection

        found = self._read(inspection.read_page(asked, before, most + 1))
        last = found[most - 1] if len(found) > most else None
        key = None if last is None else (last.created_at or 0, last.workflow_id)
        return WorkflowPage(found[:most], key)

    def run(self, workflow_id: str) -> Run:
        """One workflow. Raises ``DBOSNonExistentWorkflowError``."""
        from dbos.system import events, inspection, listing

        rows = self._read(
            listing.read_workflows(listing.Filter(workflow_ids=(workflow_id,), limit=1))
        )
        if not rows:
            raise DBOSNonExistentWorkflowError(workflow_id)
        children = inspection.Choice(parent_workflow_id=workflow_id)
        published = self._read(events.read_events(workflow_id))
        return Run(
            status=from_row(rows[0]),
            children=self._read(inspection.read_page(children, None, MOST_RELATED)),
            events={key: shown(*published[key]) for key in sorted(published)},
            messages=[
                Message(one.topic, shown(one.message, one.serialization), one.created_at)
                for one in self._read(inspection.read_letters(workflow_id, MOST_RELATED))
            ],
            streams=[
                StreamEnd(one.key, one.values, shown(one.last, one.serialization))
                for one in self._read(inspection.read_streams(workflow_id, MOST_RELATED))
            ],
        )

    def steps(self, workflow_id: str, after: int, most: int = PAGE_STEPS) -> StepPage:
        """The next recorded operations of a workflow behind a number."""
        from dbos.system import inspection

        found = self._read(inspection.read_operations(workflow_id, after, most + 1))
        steps = [
            Step(
                number=one.number,
                name=one.name,
                position=one.position,
                output=shown(one.output, one.serialization),
                error=shown(one.error, one.serialization),
                failed=one.error is not None,
                child_workflow_id=one.child_workflow_id,
                started_at=one.started_at,
                completed_at=one.completed_at,
            )
            for one in found[:most]
        ]
        return StepPage(steps, steps[-1].number if len(found) > most else None)

    def names(self, workflow_id: str, most: int) -> list[tuple[str, bool]]:
        """The first operations of a workflow by name, in their order, and whether each failed."""
        from dbos.system import inspection

        found = self._read(inspection.read_names(workflow_id, most))
        # "4t" only says until when the operation at "4" was ready to wait.
        return [(name, failed) for name, at, failed in found if not (at or "").endswith("t")]

    def queues(self) -> list[dict[str, Any]]:
        """The queues with unfinished work."""
        from dbos.system import occupancy

        return list(self._read(occupancy.read_occupancy()))

    def schedules(self) -> list[Schedule]:
        """All schedules by name, with their next ticks."""
        from dbos.system import schedules

        found: Sequence[StoredSchedule] = self._read(schedules.read_schedules())
        return [Schedule(one, _next_tick(one)) for one in found]

    def versions(self) -> list[dict[str, Any]]:
        """The versions that have run, the latest first."""
        from dbos.system import versions

        return list(self._read(versions.read_versions()))

    def _read(self, read: Any) -> Any:
        return self._system.database.read(read)

    def close(self) -> None:
        """Close the connections."""
        self._system.close()


def _next_tick(schedule: StoredSchedule) -> int | None:
    if schedule.status == "PAUSED":
        return None
    cron = Cron(schedule.schedule, schedule.cron_timezone)
    try:
        cron.check()
        now = datetime.fromtimestamp(seam.now_ms() / 1000, UTC)
        return int(cron.next_after(now).timestamp() * 1000)
    except (DBOSException, ValueError, OverflowError):
        return None
