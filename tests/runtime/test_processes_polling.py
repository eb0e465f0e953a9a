"""Processes that cannot be notified ask once a second for all that is awaited, in one statement.

And what an idle process costs, with notifications and without.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from dbos import DBOS, DBOSConfig, Queue, testing
from dbos.system import SystemDatabase, listener
from dbos.system.listener import Listener
from support.behaviour import eventually
from support.postgres import PostgresServer
from support.processes import RARE_HEARTBEATS, team


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Any:
    name = postgres_server.create()
    yield postgres_server.url_of(name)
    postgres_server.drop(name)


@pytest.mark.long
def test_without_notifications_all_kinds_of_waits_end(postgres_url: str, tmp_path: Path) -> None:
    silent = {"use_listen_notify": False, **RARE_HEARTBEATS}
    with team(postgres_url, tmp_path, **silent) as group:
        worker, caller = group.member(), group.member(serves_queues=False)
        caller.ask("enqueue", "orders", "answering", "it", 2)
        waits = caller.begin("result", "it")
        # Each round waits for a message there and for an event here.
        caller.ask("ask_questions", "it", 2)
        assert caller.wait(waits)[0] == 2
        worker.ask("start", "receiving", "cancelled", "cancelled")
        eventually(lambda: caller.ask("steps", "cancelled") == 2, "it waits")
        caller.ask("cancel", "cancelled")
        with pytest.raises(AssertionError, match="Cancelled"):
            worker.ask("result", "cancelled")
        assert group.noted("cancelled") == ["before cancelled"]


def test_a_listener_that_hears_nothing_counts_as_deaf(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a pooler in transaction mode does: LISTEN succeeds, and nothing is ever delivered.
    monkeypatch.setattr(Listener, "_meet", _meet_in_vain)
    monkeypatch.setattr(listener, "PROBE_SECONDS", 0.05)
    system = SystemDatabase(postgres_url)
    made = Listener(system)
    made.start()
    try:
        eventually(lambda: made._deaf, "it is deaf")
        assert not made.hears
        # It still tells the others, of whom it cannot know whether they listen.
        made.tell([("queue", "orders")])
        eventually(lambda: not made._outgoing, "it has told")
    finally:
        made.stop()
        system.close()


def _meet_in_vain(self: Listener, connection: Any) -> None:
    self._probe_until = 0.0


@pytest.mark.long
@pytest.mark.parametrize("listens", [True, False])
def test_an_idle_process_asks_at_most_about_once_a_second(listens: bool, postgres_url: str) -> None:
    DBOS.destroy(destroy_registry=True)
    config: DBOSConfig = {
        "name": "idle",
        "system_database_url": postgres_url,
        "use_listen_notify": listens,
    }
    DBOS(config=config)
    queues = [Queue(f"queue {number}") for number in range(20)]
    DBOS.launch()
    try:
        handle = queues[0].enqueue(DBOS.workflow(name="nothing")(_nothing))
        handle.get_result()
        with testing.counting() as counted:
            first_ns, first = _time_of_beat(counted, 1)
            last_ns, last = _time_of_beat(counted, 3)
        seconds = (last_ns - first_ns) / 1e9
        # With notifications one question every five seconds, without one every second.
        allowed = seconds * (1.0 if listens else 1.75) + 2
        assert last - first <= allowed, [sql[:60] for sql in counted.statements[first:last]]
    finally:
        DBOS.destroy(destroy_registry=True)


def _time_of_beat(counted: Any, number: int) -> tuple[int, int]:
    """When so many heartbeats were counted, and the number of statements then."""

    def beats() -> int:
        return sum("INSERT INTO dbos.executors" in sql for sql in counted.statements)

    eventually(lambda: beats() >= number, f"heartbeat {number}", 20.0)
    return time.monotonic_ns(), len(counted.statements)


def _nothing() -> None:
    return None
