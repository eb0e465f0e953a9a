"""One endurance run: everything is put together, tormented, healed and judged.

In: a `Campaign`: database, seed, length. Out: a `Report` with the violations and what the run went
through, so that a run in which nothing happened does not pass for a proof. Its folder, with the
ledger and what the workers wrote, stays for whoever looks for a cause.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from dbos import DBOSClient
from dbos.error import DBOSException
from endurance import ledger as ledgers
from endurance.crew import Crew
from endurance.driver import Asked, Driver
from endurance.history import History
from endurance.ledger import Ledger
from endurance.places import Place, PostgresPlace, SqlitePlace
from endurance.trouble import Tormentor, hire
from endurance.verdict import ENDED, Found, Row, judge

PLACES: dict[str, type[SqlitePlace] | type[PostgresPlace]] = {
    "sqlite": SqlitePlace,
    "postgres": PostgresPlace,
}
SCHEDULE = "heartbeat"
# What a process may hold when all is done: its services, idle threads of work, connections.
MOST_THREADS, MOST_FILES = 80, 80
LOOK_SECONDS = 0.5
# How long a process may know of a workflow that has ended: until its operation under way ends.
SETTLE_SECONDS = 30.0
WITH_ID = {
    "workflow_status": "workflow_uuid",
    "operation_outputs": "workflow_uuid",
    "workflow_events": "workflow_uuid",
    "workflow_events_history": "workflow_uuid",
    "streams": "workflow_uuid",
    "notifications": "destination_uuid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What to run, with troubles of these `kinds`.

    `drain_seconds` is how long the work that is left may take once all is well.
    """

    database: str
    seed: int
    seconds: float
    workers: int = 3
    kinds: tuple[str, ...] = ("database", "processes")
    lease_seconds: float = 5.0
    heartbeat_seconds: float = 0.8
    pace_seconds: float = 0.1
    drain_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and what happened that could have led to something."""

    violations: list[str]
    happened: Counter[str]


def run(campaign: Campaign, folder: Path) -> Report:
    """Carry out a campaign; what it writes is in `folder`."""
    place: Place = PLACES[campaign.database](folder)
    ledger = Ledger(folder / "ledger")
    settings = {
        "name": "endurance",
        "system_database_url": place.url,
        "lease_seconds": campaign.lease_seconds,
        "heartbeat_seconds": campaign.heartbeat_seconds,
        "log_level": "WARNING",
    }
    crew = Crew(settings, ledger, folder)
    try:
        return _Run(campaign, place, ledger, crew).report()
    finally:
        crew.kill_all()
        ledger.close()
        place.close()


class _Run:
    """A campaign under way."""

    def __init__(self, campaign: Campaign, place: Place, ledger: Ledger, crew: Crew) -> None:
        random = Random(campaign.seed)
        self._campaign = campaign
        self._place = place
        self._ledger = ledger
        self._crew = crew
        self._quiet = threading.Event()
        self._tormentors = [
            Tormentor(crew, place, ledger, Random(random.random()), campaign.lease_seconds, kind)
            for kind in campaign.kinds
        ]
        self._hiring = Random(random.random())
        self._driver_random = Random(random.random())

    def report(self) -> Report:
        """Work, heal, wait until all has ended, and judge."""
        hired = [hire(self._crew, self._hiring) for _ in range(self._campaign.workers)]
        hired[0].wait()
        with DBOSClient(system_database_url=self._place.url) as client:
            driver = Driver(client, self._crew, self._ledger, self._driver_random)
            client.create_schedule(
                schedule_name=SCHEDULE,
                workflow_name="tick",
                schedule="* * * * * *",
                automatic_backfill=True,
            )
            for tormentor in self._tormentors:
                tormentor.start()
            self._drive(driver)
            for tormentor in self._tormentors:
                tormentor.heal()
            self._ledger.note("healed")
            client.pause_schedule(SCHEDULE)
            problems = [*driver.failures, *self._drain()]
            found = self._found(client, driver.asked)
        problems += [failure for one in self._tormentors for failure in one.failures]
        problems += self._part()
        lines = ledgers.read(self._ledger.path)
        history = History(lines, self._campaign.lease_seconds)
        happened = Counter(line.kind for line in lines)
        happened.update(str(line.value) for line in lines if line.kind in ("trouble", "database"))
        happened.update(f"ended {row.status}" for row in found.rows.values())
        happened["run again"] = sum(row.executions > 1 for row in found.rows.values())
        return Report([*problems, *judge(history, driver.asked, found)], happened)

    def _drive(self, driver: Driver) -> None:
        deadline = time.monotonic() + self._campaign.seconds
        while time.monotonic() < deadline:
            driver.step()
            self._quiet.wait(self._driver_random.expovariate(1 / self._campaign.pace_seconds))

    def _drain(self) -> Iterator[str]:
        """Wait until everything has ended."""
        deadline = time.monotonic() + self._campaign.drain_seconds
        ended = ", ".join(f"'{status}'" for status in ENDED)
        sql = f"SELECT workflow_uuid FROM {{dbos}}workflow_status WHERE status NOT IN ({ended})"
        while left := self._place.rows(sql):
            if time.monotonic() > deadline:
                yield f"{len(left)} workflows have not ended: {left[:5]}"
                return
            self._quiet.wait(LOOK_SECONDS)

    def _part(self) -> Iterator[str]:
        """Let everybody go, and see what is left."""
        for worker in self._crew.members():
            deadline = time.monotonic() + SETTLE_SECONDS
            held = worker.ask("census")
            while held["executions"] and time.monotonic() < deadline:
                self._quiet.wait(LOOK_SECONDS)
                held = worker.ask("census")
            if held["executions"] or held["threads"] > MOST_THREADS or held["files"] > MOST_FILES:
                yield f"process {worker.pid} holds {held}"
            self._crew.remove(worker)
            try:
                worker.stop()
            except RuntimeError as error:
                worker.kill()
                yield str(error)
        yield from self._place.left_behind()
        for row in self._place.rows("SELECT * FROM {dbos}executors"):
            yield f"a process that ended is still on the list: {row}"

    def _found(self, client: DBOSClient, asked: Asked) -> Found:
        rows = {
            row[0]: Row(*row)
            for row in self._place.rows(
                "SELECT workflow_uuid, status, name, queue_name, executions, started_at_epoch_ms,"
                " rate_limited FROM {dbos}workflow_status"
            )
        }
        results: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for row in rows.values():
            if row.status not in ("SUCCESS", "ERROR"):
                continue
            try:
                results[row.workflow_id] = client.get_result(row.workflow_id)
            except Exception as error:  # whatever a workflow raised
                errors[row.workflow_id] = f"{type(error).__name__}: {error}"
        counters = [one for one in rows if one.startswith("counter")]
        prefix = f"sched-{SCHEDULE}-"
        due = [one.removeprefix(prefix) for one in rows if one.startswith(prefix)]
        return Found(
            rows=rows,
            results=results,
            errors=errors,
            streams={one: self._stream(client, one) for one in counters},
            transfers=[(row[0], row[1]) for row in self._place.rows("SELECT * FROM endured")],
            total=self._place.rows("SELECT total FROM endured_total")[0][0],
            remains=self._remains({one for one in asked.plans if one not in rows}),
            ticks=sorted(int(datetime.fromisoformat(one).timestamp()) for one in due),
        )

    def _stream(self, client: DBOSClient, workflow_id: str) -> list[Any]:
        try:
            return list(client.read_stream(workflow_id, "count"))
        except DBOSException as error:
            return [str(error)]

    def _remains(self, missing: set[str]) -> dict[str, list[str]]:
        """The tables that have rows of workflows that are not there."""
        found: dict[str, list[str]] = {}
        for table, column in WITH_ID.items():
            for (workflow_id,) in self._place.rows(f"SELECT {column} FROM {{dbos}}{table}"):
                if workflow_id in missing:
                    found.setdefault(workflow_id, []).append(table)
        return found
