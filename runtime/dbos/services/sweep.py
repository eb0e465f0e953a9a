"""The safety net under notifications: one question for everything this process waits for.

In: the keys that are waited for. Out: wakes for those about which the database has news. Never asks
once per waiter: ten thousand waiting workflows cost one statement per round, an idle process one
every five seconds.

Where notifications arrive, a round finds only what a dying process committed and could not tell.
Where they do not (``use_listen_notify=False``, a pooler that drops them) these rounds are how a
process learns of others, so they come every second, and a little less often while nobody waits for
anything but queues on which nothing happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbos.kernel import seam
from dbos.kernel.wakes import Key
from dbos.services.service import Service

if TYPE_CHECKING:
    from dbos.system import SystemDatabase
    from dbos.system.listener import Listener

SECONDS_WITH_NOTIFICATIONS = 5.0
SECONDS_WITHOUT = 1.0
SECONDS_IDLE = 1.75
# Rounds without news after which the queues count as idle.
QUIET_ROUNDS = 10
ASKED = ("queue", "workflow", "message", "event", "stream")


class Sweep:
    """The service that asks."""

    def __init__(self, system: SystemDatabase, listener: Listener | None) -> None:
        self._system = system
        self._listener = listener
        self._ends: dict[Key, str] = {}
        self._quiet = 0
        self._service = Service("sweep", system.wakes, self._round)

    def start(self) -> None:
        """Start asking."""
        self._service.start()

    def stop(self) -> None:
        """Stop and join."""
        self._service.stop()

    def _round(self) -> float:
        from dbos.system import awaited

        keys = [key for key in self._system.wakes.waited_for() if key[0] in ASKED]
        if keys:
            self._wake(self._system.read(awaited.read_news(keys, seam.now_ms())))
        if self._listener is not None and self._listener.hears:
            return SECONDS_WITH_NOTIFICATIONS
        only_queues = all(key[0] == "queue" for key in keys)
        return SECONDS_IDLE if only_queues and self._quiet >= QUIET_ROUNDS else SECONDS_WITHOUT

    def _wake(self, news: list[tuple[Key, str]]) -> None:
        ends = {key: mark for key, mark in news if key[0] == "stream"}
        fresh = [key for key, mark in news if not mark or self._ends.get(key) != mark]
        self._ends = ends
        self._quiet = 0 if fresh else self._quiet + 1
        # The news of a queue may be that a delay has ended.
        delayed = [("delayed", key[1]) for key in fresh if key[0] == "queue"]
        self._system.wakes.notify([*delayed, *fresh])
