"""The tormentor: kills, stops and starts processes, and breaks the database for a while.

In: the crew, the place and a seed. Out: a thread that makes one trouble after the other until it is
told to end; everything is as it should be again when `heal` returns. It never touches a process or
a database that the run does not own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

from endurance.crew import Crew, Gone, Worker
from endurance.ledger import Ledger
from endurance.places import Place

MOST_WORKERS = 6
EXECUTOR_IDS = ("local", "other", "third")
VERSIONS = ("1", "1", "1", "2")
# Troubles per second, pauses between them included.
RATES = {"processes": 0.7, "database": 0.15}


class Tormentor:
    """One thread, of a kind: it torments processes, or the database."""

    def __init__(
        self,
        crew: Crew,
        place: Place,
        ledger: Ledger,
        random: Random,
        lease_seconds: float,
        kind: str,
    ) -> None:
        self.failures: list[str] = []
        self._crew = crew
        self._place = place
        self._ledger = ledger
        self._random = random
        self._lease = lease_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._torment, daemon=True)
        self._kind = kind
        of_processes: list[tuple[Callable[[], None], int]] = [
            (self._kill, 6),
            (self._kill_at_launch, 1),
            (self._kill_everybody, 1),
            (self._stop, 2),
            (self._freeze_shortly, 2),
            (self._freeze_long, 2),
            (self._enlarge, 3),
        ]
        self._choices = of_processes if kind == "processes" else [(self._break_database, 1)]

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def heal(self) -> None:
        """End the trouble, and see to it that somebody of each version works."""
        self._ending.set()
        self._thread.join()
        if self._kind != "processes":
            return
        self._crew.thaw_all()
        self._bury()
        for version in sorted(set(VERSIONS)):
            if not any(one.version == version for one in self._crew.members()):
                self._hire(version)
        for worker in self._crew.members():
            try:
                worker.wait()
            except Gone:
                self._hire(worker.version).wait()
        self._bury()

    def _bury(self) -> None:
        self.failures += self._crew.bury()

    def _hire(self, version: str | None = None) -> Worker:
        return hire(self._crew, self._random, version)

    def _torment(self) -> None:
        actions, weights = zip(*self._choices, strict=True)
        while not self._ending.wait(self._random.expovariate(RATES[self._kind])):
            action: Callable[[], None] = self._random.choices(actions, weights)[0]
            self._ledger.note("trouble", value=action.__name__.strip("_"))
            try:
                action()
            except RuntimeError as error:
                self.failures.append(str(error))
            if self._kind == "processes":
                self._bury()

    def _anybody(self) -> Worker | None:
        members = [one for one in self._crew.members() if one.is_alive and not one.is_frozen]
        return self._random.choice(members) if members else None

    def _away(self) -> Worker | None:
        """Somebody who belongs to the crew no longer."""
        worker = self._anybody()
        return worker if worker is not None and self._crew.remove(worker) else None

    def _kill(self) -> None:
        worker = self._away()
        if worker is not None:
            worker.kill()
            if self._random.random() < 0.8:
                self._hire()

    def _kill_at_launch(self) -> None:
        worker = self._hire()
        self._ending.wait(self._random.uniform(0.2, 1.5))
        if self._crew.remove(worker):
            worker.kill()

    def _kill_everybody(self) -> None:
        count = len(self._crew.members())
        self._crew.kill_all()
        self._ending.wait(self._random.uniform(0, self._lease * 2))
        for _ in range(max(1, count)):
            self._hire()

    def _stop(self) -> None:
        worker = self._away()
        if worker is not None:
            try:
                worker.stop()
            except RuntimeError:
                worker.kill()
                raise
            self._hire()

    def _freeze(self, seconds: float) -> None:
        worker = self._anybody()
        if worker is not None:
            worker.freeze()
            self._ending.wait(seconds)
            worker.thaw()

    def _freeze_shortly(self) -> None:
        self._freeze(self._random.uniform(0.05, self._lease / 4))

    def _freeze_long(self) -> None:
        self._freeze(self._random.uniform(self._lease * 1.5, self._lease * 3))

    def _break_database(self) -> None:
        trouble = self._random.choice(self._place.troubles)
        self._ledger.note("database", value=trouble)
        self._place.make(trouble, self._random)
        self._ledger.note("database", value="well")

    def _enlarge(self) -> None:
        if len(self._crew.members()) < MOST_WORKERS:
            self._hire()


def hire(crew: Crew, random: Random, version: str | None = None) -> Worker:
    """One more worker, of some version and executor id."""
    return crew.add(
        application_version=version or random.choice(VERSIONS),
        executor_id=random.choice(EXECUTOR_IDS),
    )
